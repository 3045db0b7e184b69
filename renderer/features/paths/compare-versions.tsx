import type { PathVersion } from '#contract/schemas/paths.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { PresenceField } from '../../ui/presence-field.tsx';
import { countText } from '../../ui/words.ts';
import { useReadPath } from './use-read-path.ts';
import { type Held, shownSeconds, useTimedValue } from './use-timed-value.ts';
import { differingFields, type FieldDifference, versionFacts } from './version-difference.ts';

type Differing = ReturnType<typeof differingFields>;

interface CompareProps {
  readonly path: string;
  readonly older: PathVersion;
  readonly newer: PathVersion;
  readonly now: number;
  readonly onClose: () => void;
}

/** Two versions side by side: what is known without values at once, the fields only on purpose and for a while. */
export function CompareVersions({ path, older, newer, now, onClose }: CompareProps) {
  const read = useReadPath();
  const { held, left, show, hide } = useTimedValue<Differing>();
  const expired = [older, newer].find(({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs <= now);

  const reveal = async () => {
    const before = await read.run({ path, version: older.version });
    if (before === undefined) return;
    const after = await read.run({ path, version: newer.version });
    if (after !== undefined) show(differingFields(before.data, after.data));
  };

  return (
    <Dialog wide title={`Versions ${older.version} and ${newer.version} of ${path}`} onClose={onClose}>
      <table className="versions compare">
        <thead>
          <tr className="muted">
            <th scope="col">
              <span className="unseen">Fact</span>
            </th>
            <th scope="col">Version {older.version}</th>
            <th scope="col">Version {newer.version}</th>
          </tr>
        </thead>
        <tbody>
          {versionFacts(older, newer).map((fact) => (
            <tr key={fact.name} className={fact.older === fact.newer ? 'muted' : 'differs'}>
              <th scope="row" className="muted">
                {fact.name}
                {fact.older === fact.newer ? null : <span className="unseen"> differs</span>}
              </th>
              <td className="wrap">{fact.older}</td>
              <td className="wrap">{fact.newer}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {held !== null ? (
        <>
          <DifferingFields held={held} older={older.version} newer={newer.version} />
          <DialogActions>
            <span className="muted grow">hidden again in {left} s</span>
            <Button tone="main" onClick={hide}>
              Hide
            </Button>
          </DialogActions>
        </>
      ) : expired !== undefined ? (
        <>
          <p>Version {expired.version} has expired: its value can no longer be read, so fields cannot be compared.</p>
          <DialogActions>
            <Button tone="main" onClick={onClose}>
              Done
            </Button>
          </DialogActions>
        </>
      ) : (
        <DialogForm
          submit="Reveal what differs"
          ready={true}
          busy={read.busy}
          error={read.error}
          leave="Done"
          onSubmit={() => void reveal()}
          onClose={onClose}
        >
          <p>
            Which fields differ can only be seen in the values. Those that do are shown for {shownSeconds} seconds, and
            the audit log says that you read both versions.
          </p>
          <PresenceField handle={read.presence} />
        </DialogForm>
      )}
    </Dialog>
  );
}

interface DifferingProps {
  readonly held: Held<Differing>;
  readonly older: number;
  readonly newer: number;
}

function DifferingFields({ held, older, newer }: DifferingProps) {
  if (held.value === null) return null;
  const { differing, same } = held.value;
  const verb = differing.length === 1 ? 'differs' : 'differ';
  return (
    <>
      <h3>
        {differing.length === 0
          ? 'Every field is the same in both'
          : `${countText(differing.length, 'field')} ${verb}, ${same} the same`}
      </h3>
      <ul className="stack compare-fields">
        {differing.map((field) => (
          <FieldSides key={field.name} field={field} older={older} newer={newer} />
        ))}
      </ul>
    </>
  );
}

interface SidesProps {
  readonly field: FieldDifference;
  readonly older: number;
  readonly newer: number;
}

function FieldSides({ field, older, newer }: SidesProps) {
  const side = (value: string | null, version: number) =>
    value === null ? (
      <p className="muted compare-none">not in version {version}</p>
    ) : (
      <Snippet text={value} label={`${field.name} in version ${version}`} />
    );
  return (
    <li className="stack tight">
      <h4 className="mono wrap">{field.name}</h4>
      <div className="compare-sides">
        {side(field.older, older)}
        {side(field.newer, newer)}
      </div>
    </li>
  );
}
