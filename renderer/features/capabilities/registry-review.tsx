import { useState } from 'react';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** What a registry update would add to the reach of stored keys: held until somebody has seen it. */
export function RegistryReview() {
  const review = useAsk('registry.review', {});
  const [open, setOpen] = useState(false);
  const changes = review.value?.changes ?? [];
  if (changes.length === 0) return null;
  return (
    <>
      <p className="banner warn">
        <span className="grow">
          An update would let stored keys reach further: {countText(changes.length, 'change')} held until you have seen
          them.
        </span>
        <Button onClick={() => setOpen(true)}>Review</Button>
      </p>
      {open ? <Review onClose={() => setOpen(false)} changes={changes} /> : null}
    </>
  );
}

interface ReviewProps {
  readonly changes: readonly { readonly provider: string; readonly capability: string | null; readonly text: string }[];
  readonly onClose: () => void;
}

function Review({ changes, onClose }: ReviewProps) {
  const accept = useProvenAct('registry.accept');
  const say = useView((view) => view.say);
  return (
    <Dialog title="Registry update" wide onClose={onClose}>
      <p className="muted">Until you accept, these stay refused. Everything that narrowed already applies.</p>
      <ul className="lines scroll">
        {changes.map((change) => (
          <li key={`${change.provider} ${change.capability} ${change.text}`}>
            <span className="mono wrap">{change.capability ?? change.provider}</span>{' '}
            <span className="muted wrap">{change.text}</span>
          </li>
        ))}
      </ul>
      <PresenceField handle={accept.presence} />
      <Problem error={accept.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep them held</Button>
        <Button
          tone="main"
          busy={accept.busy}
          onClick={() =>
            void accept.run({}).then((done) => {
              if (done === undefined) return;
              onClose();
              say(`${countText(done.accepted.length, 'change')} accepted.`);
            })
          }
        >
          Accept {countText(changes.length, 'change')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
