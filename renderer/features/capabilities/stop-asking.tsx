import type { OperationName } from '#contract/operations.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { PresenceField, type ProvenAct, useProvenAct } from '../../ui/presence-field.tsx';

/** What takes away that a person is asked: the switch, or all limits with it. */
export type StopWay = 'switch' | 'limits';

const words: Readonly<Record<StopWay, { readonly title: string; readonly text: string; readonly verb: string }>> = {
  switch: {
    title: 'Stop asking?',
    text: 'From its next call on, what the capability and its limits allow is sent at once, without you.',
    verb: 'Stop asking',
  },
  limits: {
    title: 'Remove all limits and stop asking?',
    text: 'From its next call on, everything the capability allows is sent at once, without you.',
    verb: 'Remove all limits',
  },
};

interface StopAskingProps {
  readonly capability: string;
  readonly way: StopWay;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Whoever takes away that a person is asked proves to be one. */
export function StopAsking({ capability, way, onClose, onDone }: StopAskingProps) {
  const set = useProvenAct('policies.set');
  const clear = useProvenAct('policies.clear');
  const { title, text, verb } = words[way];
  const act: ProvenAct<OperationName> = { switch: set, limits: clear }[way];
  const run = () => (way === 'switch' ? set.run({ capability, askOperator: false }) : clear.run({ capability }));
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm
        submit={verb}
        ready
        busy={act.busy}
        error={act.error}
        onSubmit={() =>
          void run().then((done) => {
            if (done === undefined) return;
            onClose();
            onDone();
          })
        }
        onClose={onClose}
      >
        <p className="wrap">
          Each call of <code className="chip">{capability}</code> waits for your yes now. {text}
        </p>
        <PresenceField handle={act.presence} />
      </DialogForm>
    </Dialog>
  );
}
