import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

export function DeleteCredential({ id }: { readonly id: string }) {
  const remove = useAct('credentials.delete');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  return (
    <Dialog title={`Delete credential ${id}?`} onClose={() => open(null)}>
      <p>
        Calls by it are refused from now on, and tokens that were tied to it are revoked. Its secret stays. Capabilities
        that nothing else serves are no longer ready.
      </p>
      <Problem error={remove.error} />
      <DialogActions>
        <Button onClick={() => open(null)}>Keep it</Button>
        <Button
          tone="bad"
          busy={remove.busy}
          onClick={() =>
            void remove.run({ id }).then((done) => {
              if (done === undefined) return;
              open(null);
              const lost = done.capabilities.length;
              say(
                lost === 0
                  ? `${id} deleted.`
                  : `${id} deleted. ${countText(lost, 'capability', 'capabilities')} no longer ready.`,
              );
            })
          }
        >
          Delete credential
        </Button>
      </DialogActions>
    </Dialog>
  );
}
