import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

interface DestroyPathProps {
  readonly path: string;
  /** The newest version's number. */
  readonly version: number;
  /** How many versions are kept; null where the host does not say (a deleted path). */
  readonly kept: number | null;
  readonly tags: readonly string[];
  readonly onGone: () => void;
  readonly onClose: () => void;
}

/** Deletes for good, after saying what goes with it. */
export function DestroyPath({ path, version, kept, tags, onGone, onClose }: DestroyPathProps) {
  const remove = useAct('paths.delete');
  const say = useView((view) => view.say);
  const destroy = async () => {
    const done = await remove.run({ path, permanent: true });
    if (done === undefined) return;
    onGone();
    onClose();
    say(`${path} deleted for good, with ${countText(done.versions, 'version')}.`);
  };
  return (
    <Dialog title={`Delete ${path} for good?`} onClose={onClose}>
      <p>It cannot be restored, not even from here. What goes with it:</p>
      <ul className="lines">
        <li>
          {kept === null
            ? `Every version that is kept, up to version ${version}, and its value.`
            : `${countText(kept, 'version')}, up to version ${version}, and ${kept === 1 ? 'its value' : 'their values'}.`}
        </li>
        <li className="wrap">
          {tags.length === 0 ? 'Its description and owner.' : `Its description, owner and tags (${tags.join(', ')}).`}
        </li>
        <li>Its numbering: a new secret at this path begins at version 1.</li>
        <li className="muted">The audit log keeps what happened to it.</li>
      </ul>
      <Problem error={remove.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button tone="bad" busy={remove.busy} onClick={() => void destroy()}>
          Delete for good
        </Button>
      </DialogActions>
    </Dialog>
  );
}
