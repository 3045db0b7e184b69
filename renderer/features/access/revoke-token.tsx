import type { TokenSummary } from '#contract/schemas/tokens.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { agoText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** Says what becomes of a token's callers before it is revoked. */
export function RevokeToken({ token, onClose }: { readonly token: TokenSummary; readonly onClose: () => void }) {
  const revoke = useAct('tokens.revoke');
  const say = useView((view) => view.say);
  const name = token.name ?? token.id;
  return (
    <Dialog title={`Revoke ${name}?`} onClose={onClose}>
      <p>
        Whatever uses it is refused from its next call on. It cannot be brought back; mint another one instead.{' '}
        {token.lastUsedAtMs === null
          ? 'It was never used.'
          : `It was last used ${agoText(token.lastUsedAtMs, Date.now())}.`}
      </p>
      <Problem error={revoke.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          tone="bad"
          busy={revoke.busy}
          onClick={() =>
            void revoke.run({ id: token.id }).then((done) => {
              if (done === undefined) return;
              onClose();
              say(`${name} revoked. Its next call is refused.`);
            })
          }
        >
          Revoke token
        </Button>
      </DialogActions>
    </Dialog>
  );
}
