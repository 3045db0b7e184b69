import { Columns2, Eye } from 'lucide-react';
import { useState } from 'react';
import type { PathVersion } from '#contract/schemas/paths.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { bytesText, dateText, timeText } from '../../ui/words.ts';
import { people } from '../activity/outcome.ts';
import { CompareVersions } from './compare-versions.tsx';
import { ExpiryPill } from './expiry-pill.tsx';
import { RevealPath } from './reveal-path.tsx';

interface PathVersionsProps {
  readonly path: string;
  /** Newest first. */
  readonly versions: readonly PathVersion[];
  readonly now: number;
}

/** The versions of a path; two of them can be seen side by side. */
export function PathVersions({ path, versions, now }: PathVersionsProps) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [reveal, setReveal] = useState<number | null>(null);
  const [comparing, setComparing] = useState(false);
  // The third choice lets the first go: there are always at most two.
  const choose = (version: number, on: boolean) =>
    setChosen((before) => [...before.filter((one) => one !== version).slice(-1), ...(on ? [version] : [])]);
  const pair = versions.filter(({ version }) => chosen.includes(version));
  const [newer, older] = pair;
  return (
    <section className="block-section">
      <div className="row">
        <h3 className="grow">Versions</h3>
        <Button
          className="compare-button"
          icon={<Columns2 size={14} />}
          disabled={newer === undefined || older === undefined}
          title={versions.length < 2 ? 'There is only one version' : 'Choose two versions'}
          onClick={() => setComparing(true)}
        >
          {newer === undefined || older === undefined ? 'Compare two' : `Compare ${older.version} and ${newer.version}`}
        </Button>
      </div>
      <table className="versions">
        <thead>
          <tr className="muted">
            <th scope="col">
              <span className="unseen">Compare</span>
            </th>
            <th scope="col">Version</th>
            <th scope="col">Written</th>
            <th scope="col" className="version-size">
              Size
            </th>
            <th scope="col">
              <span className="unseen">Reveal</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map(({ version, createdAtMs, createdBy, bytes, expiresAtMs }) => (
            <tr key={version}>
              <td className="version-choice">
                <label className="check">
                  <input
                    type="checkbox"
                    aria-label={`Compare version ${version}`}
                    checked={chosen.includes(version)}
                    disabled={versions.length < 2}
                    onChange={(event) => choose(version, event.target.checked)}
                  />
                </label>
              </td>
              <td className="tabular">{version}</td>
              <td className="wrap">
                {dateText(createdAtMs)}, {timeText(createdAtMs)}
                <span className="muted small block">
                  {people[createdBy] ?? createdBy}{' '}
                  {expiresAtMs !== null && expiresAtMs <= now ? (
                    <ExpiryPill expiresAtMs={expiresAtMs} now={now} />
                  ) : null}
                </span>
              </td>
              <td className="tabular version-size">{bytesText(bytes)}</td>
              <td>
                <IconButton label={`Reveal version ${version}`} onClick={() => setReveal(version)}>
                  <Eye size={15} />
                </IconButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {reveal === null ? null : <RevealPath path={path} version={reveal} onClose={() => setReveal(null)} />}
      {comparing && newer !== undefined && older !== undefined ? (
        <CompareVersions path={path} older={older} newer={newer} now={now} onClose={() => setComparing(false)} />
      ) : null}
    </section>
  );
}
