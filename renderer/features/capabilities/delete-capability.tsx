import type { CapabilityDetail } from '#contract/schemas/catalog.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { Problem } from '../../ui/problem.tsx';

interface DeleteCapabilityProps {
  readonly detail: CapabilityDetail;
  readonly onClose: () => void;
  readonly onGone: () => void;
}

/** Says what goes with a capability of one's own. Where each call asks, whoever takes that away proves to be a person. */
export function DeleteCapability({ detail, onClose, onGone }: DeleteCapabilityProps) {
  const remove = useProvenAct('capabilities.delete');
  const asks = detail.policy.askOperator;
  const run = async () => {
    if ((await remove.run({ id: detail.id })) === undefined) return;
    onClose();
    onGone();
  };
  return (
    <Dialog title={`Delete capability ${detail.id}?`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (asks) void run();
        }}
      >
        <p className="wrap">
          From the next call on, <code className="chip">{detail.id}</code> is refused, whatever token asks for it. Its
          limits go with it; its credential and the key stay.
          {asks ? ' Each call waits for your yes now. Made anew it asks nobody, until you say so again.' : ''}
        </p>
        {asks ? <PresenceField handle={remove.presence} /> : null}
        <Problem error={remove.error} />
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button tone="bad" busy={remove.busy} onClick={() => void run()}>
            Delete capability
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
