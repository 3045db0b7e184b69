import { Eye, Plus, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { agoText, bytesText, dateText, timeText, untilText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { people } from '../activity/outcome.ts';
import { AddPath } from './add-path.tsx';
import { RevealPath } from './reveal-path.tsx';

export function PathDetail({ path }: { readonly path: string }) {
  const { value: detail, error } = useAsk('paths.describe', { path });
  const remove = useAct('paths.delete');
  const restore = useAct('paths.restore');
  const say = useView((view) => view.say);
  const [reveal, setReveal] = useState<number | null>(null);
  const [writing, setWriting] = useState(false);
  if (error !== undefined) return <Problem error={error} />;
  if (detail === undefined || detail.path !== path) return <Skeleton rows={7} height={34} />;
  const now = Date.now();
  const gone = detail.deletedAtMs !== null;
  return (
    <article>
      <header className="detail-head">
        <div className="grow">
          <h2 className="mono wrap">{detail.path}</h2>
          <p className="muted">
            {detail.metadata.description ?? 'A path secret: tokens whose scope and path allow it can read its value.'}
          </p>
        </div>
        {gone ? (
          <Button icon={<RotateCcw size={15} />} busy={restore.busy} onClick={() => void restore.run({ path })}>
            Restore
          </Button>
        ) : (
          <>
            <Button icon={<Plus size={15} />} onClick={() => setWriting(true)}>
              New version
            </Button>
            <IconButton
              framed
              label={`Delete ${path}`}
              onClick={() =>
                void remove
                  .run({ path })
                  .then((done) => done !== undefined && say(`${path} deleted. It can be restored under Deleted.`))
              }
            >
              <Trash2 size={15} />
            </IconButton>
          </>
        )}
      </header>
      <Problem error={remove.error ?? restore.error} />
      <Facts>
        <Fact name="Type">{detail.secretType}</Fact>
        <Fact name="Version">
          {detail.version}{' '}
          <span className="muted">
            written {agoText(detail.updatedAtMs, now)}, keeps {detail.maxVersions}
          </span>
        </Fact>
        <Fact name="Expires">
          {detail.expiresAtMs === null
            ? 'never'
            : `${dateText(detail.expiresAtMs)}, ${untilText(detail.expiresAtMs, now)}`}
        </Fact>
        <Fact name="Last read">{detail.lastReadAtMs === null ? 'never' : agoText(detail.lastReadAtMs, now)}</Fact>
        {detail.metadata.owner === undefined ? null : <Fact name="Owner">{detail.metadata.owner}</Fact>}
        {detail.tags.length === 0 ? null : <Fact name="Tags">{detail.tags.join(', ')}</Fact>}
      </Facts>
      <section className="block-section">
        <h3>Versions</h3>
        <table className="versions">
          <thead>
            <tr className="muted">
              <th scope="col">Version</th>
              <th scope="col">Written</th>
              <th scope="col">By</th>
              <th scope="col">Size</th>
              <th scope="col">
                <span className="unseen">Reveal</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {detail.versions.map((version) => (
              <tr key={version.version}>
                <td>{version.version}</td>
                <td>
                  {dateText(version.createdAtMs)}, {timeText(version.createdAtMs)}
                </td>
                <td className="wrap">{people[version.createdBy] ?? version.createdBy}</td>
                <td className="tabular">{bytesText(version.bytes)}</td>
                <td>
                  {gone ? null : (
                    <IconButton label={`Reveal version ${version.version}`} onClick={() => setReveal(version.version)}>
                      <Eye size={15} />
                    </IconButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {reveal === null ? null : <RevealPath path={path} version={reveal} onClose={() => setReveal(null)} />}
      {writing ? <AddPath path={path} version={detail.version} onClose={() => setWriting(false)} /> : null}
    </article>
  );
}
