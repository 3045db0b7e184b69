import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Problem } from '../../ui/problem.tsx';
import { countText, scopeWords } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** Says what goes with it before it goes. */
export function DeleteSecret({ secretId }: { readonly secretId: string }) {
  const preview = useAsk('secrets.deletePreview', { secretId });
  const remove = useAct('secrets.delete');
  const open = useView((view) => view.open);
  const select = useView((view) => view.select);
  const say = useView((view) => view.say);
  const takes = preview.value;
  const name = takes?.secret.name ?? 'secret';
  const alone = takes !== undefined && takes.credentials.length + takes.capabilities + takes.bindings === 0;
  return (
    <Dialog title={`Delete ${name}?`} onClose={() => open(null)}>
      <div className="stack reserve">
        {takes === undefined ? null : (
          <>
            <p>
              The value is revoked and cannot be brought back, not even from here. Its name (
              {scopeWords(takes.secret.scope)}) becomes free again.{' '}
              {alone ? 'Nothing else goes with it.' : 'What goes with it:'}
            </p>
            <ul className="lines">
              {takes.credentials.length === 0 ? null : (
                <li>
                  {countText(takes.credentials.length, 'credential')}:{' '}
                  <span className="mono wrap">{takes.credentials.join(', ')}</span>
                </li>
              )}
              {takes.capabilities === 0 ? null : (
                <li>{countText(takes.capabilities, 'capability', 'capabilities')} will no longer be ready.</li>
              )}
              {takes.bindings === 0 ? null : <li>{countText(takes.bindings, 'binding')} removed.</li>}
            </ul>
          </>
        )}
        <Problem error={preview.error ?? remove.error} />
      </div>
      <DialogActions>
        <Button tone="plain" onClick={() => open(null)}>
          Keep it
        </Button>
        <Button
          tone="bad"
          busy={remove.busy}
          disabled={takes === undefined}
          onClick={() =>
            void remove.run({ secretId }).then((done) => {
              if (done === undefined) return;
              open(null);
              select(undefined);
              say(`${name} deleted.`);
            })
          }
        >
          Delete secret
        </Button>
      </DialogActions>
    </Dialog>
  );
}
