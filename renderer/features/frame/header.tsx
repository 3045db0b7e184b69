import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Keys } from '../../ui/keys.tsx';
import { keysText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';

/** Title, the palette's door, and at most two actions. */
export function Header({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  const setPalette = useView((view) => view.setPalette);
  return (
    <header className="header">
      <h1>{title}</h1>
      <button type="button" className="search-door" onClick={() => setPalette(true)} aria-haspopup="dialog">
        <Search size={14} aria-hidden="true" />
        <span className="grow cut">Search or run a command</span>
        <Keys>{keysText('K')}</Keys>
      </button>
      <div className="header-actions">{children}</div>
    </header>
  );
}
