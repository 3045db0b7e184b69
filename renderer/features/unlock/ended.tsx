import { Snippet } from '../../ui/copy-button.tsx';
import { Mark } from '../../ui/mark.tsx';

/** The host is gone, or this console page has no live session (it was reloaded, or fifteen idle minutes went by). */
export function Ended() {
  const desktop = window.aivault !== undefined;
  return (
    <main className="small-card">
      <Mark size={52} />
      <h1 className="card-title">{desktop ? 'The host does not answer' : 'This console has ended'}</h1>
      <p className="muted">
        {desktop
          ? 'Quit aivault and open it again. Nothing stored is lost.'
          : 'A console page works once and only in the tab that opened it. Open a new one:'}
      </p>
      {desktop ? null : <Snippet text="aivault console" label="command" />}
    </main>
  );
}
