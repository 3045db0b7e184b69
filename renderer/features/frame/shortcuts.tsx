import { Dialog } from '../../ui/dialog.tsx';
import { useView } from '../../view-state.ts';
import { shortcuts } from './keyboard.ts';

export function Shortcuts() {
  const open = useView((view) => view.open);
  return (
    <Dialog title="Shortcuts" onClose={() => open(null)}>
      <dl className="shortcuts">
        {shortcuts.map((line) => (
          <div key={line.keys}>
            <dt>{line.text}</dt>
            <dd>
              <kbd>{line.keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
