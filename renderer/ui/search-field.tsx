import { Search } from 'lucide-react';
import { Keys } from './keys.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Filters the list under it while typing; Esc empties it, ↓ goes into the list. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <div className="search-field">
      <Search size={14} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            if (value === '') event.currentTarget.blur();
            onChange('');
          } else if (event.key === 'ArrowDown') {
            event.currentTarget
              .closest('.pane-list')
              ?.querySelector<HTMLElement>('[role=listbox], [role=tree]')
              ?.focus();
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <Keys>/</Keys>
    </div>
  );
}
