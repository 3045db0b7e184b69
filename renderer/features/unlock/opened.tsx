import { Mark } from '../../ui/mark.tsx';

/** What the small unlock window shows for the moment until the shell closes it. */
export function Opened() {
  return (
    <main className="small-card">
      <Mark size={52} />
      <h1 className="card-title">Unlocked</h1>
    </main>
  );
}
