import type { PathDetail } from '#contract/schemas/paths.ts';
import { variableName } from '#contract/variable-name.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { PresenceField } from '../../ui/presence-field.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { dotenvText, sharedNames, steeringNames } from './dotenv-text.ts';
import { useReadPath } from './use-read-path.ts';
import { useTimedValue } from './use-timed-value.ts';

interface ExportPathProps {
  readonly detail: PathDetail;
  readonly onClose: () => void;
}

/** `environments/dev/db` → `db.env`. */
function fileName(path: string): string {
  return `${path.slice(path.lastIndexOf('/') + 1)}.env`;
}

/**
 * The values of a path as a .env file. Asks twice: before they are read (presence, audited as a read), and before they
 * are written, now that their number and names are known.
 */
export function ExportPath({ detail, onClose }: ExportPathProps) {
  const { path, version } = detail;
  const read = useReadPath();
  const { held, left, show, hide } = useTimedValue<Readonly<Record<string, unknown>>>();
  const data = held?.value ?? null;
  const say = useView((view) => view.say);
  const file = fileName(path);

  const ask = async () => {
    const answer = await read.run({ path, version });
    if (answer !== undefined) show(answer.data);
  };
  const write = (values: Readonly<Record<string, unknown>>) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([dotenvText(values)], { type: 'text/plain' }));
    link.download = file;
    link.click();
    // Chromium has taken the bytes once the click is handled; the page must not be able to reach them afterwards.
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
    const count = Object.keys(values).length;
    hide();
    onClose();
    say(`${countText(count, 'value')} of ${path} written to ${file}, in the clear. Delete it when it has been used.`);
  };

  const names = Object.keys(data ?? {});
  const shared = sharedNames(names);
  const steering = steeringNames(names);
  return (
    <Dialog title={`Export ${file}`} onClose={onClose}>
      {data === null ? (
        <DialogForm
          submit="Read the values"
          ready={true}
          busy={read.busy}
          error={read.error}
          onSubmit={() => void ask()}
          onClose={onClose}
        >
          <p className="wrap">
            Writes the values of <span className="mono">{path}</span>, version {version}, in the clear to a file on your
            disk. To count them they must be read; the audit log says so.
          </p>
          <PresenceField handle={read.presence} />
        </DialogForm>
      ) : (
        <div className="stack">
          <p>
            This writes {countText(names.length, 'value')} in the clear to a file on your disk. Anybody who can read the
            file can use them.
          </p>
          <ul className="lines scroll">
            {names.map((name) => (
              <li key={name} className="mono wrap">
                {variableName(name)}
                {variableName(name) === name ? null : <span className="muted"> from {name}</span>}
              </li>
            ))}
          </ul>
          {shared.length === 0 ? null : (
            <p className="note warn">
              More than one field would be called {shared.join(', ')} in the file; programs take the last one.
            </p>
          )}
          {steering.length === 0 ? null : (
            <p className="note warn">
              {steering.join(', ')} would steer the programs that read the file, so it is not written. Rename the field.
            </p>
          )}
          <DialogActions>
            <span className="muted grow">forgotten in {left} s</span>
            <Button tone="quiet" onClick={onClose}>
              Cancel
            </Button>
            <Button tone="bad" disabled={names.length === 0 || steering.length > 0} onClick={() => write(data)}>
              Write {countText(names.length, 'value')}
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}
