import { Dialog } from '../../ui/dialog.tsx';
import { useView } from '../../view-state.ts';
import { ImportForm } from './import-form.tsx';

export function ImportSecrets() {
  const open = useView((view) => view.open);
  return (
    <Dialog title="Import keys" wide onClose={() => open(null)}>
      <ImportForm onDone={() => open(null)} doneText="Done" />
    </Dialog>
  );
}
