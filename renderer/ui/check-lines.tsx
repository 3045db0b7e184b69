import type { ReactNode } from 'react';

interface CheckLinesProps {
  readonly names: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  /** What stands beside the box. */
  readonly line: (name: string) => ReactNode;
}

/** Names to choose from, one a line; many scroll. */
export function CheckLines({ names, chosen, onChange, line }: CheckLinesProps) {
  return (
    <ul className="lines scroll">
      {names.map((name) => (
        <li key={name}>
          <label className="check">
            <input
              type="checkbox"
              checked={chosen.has(name)}
              onChange={(event) => {
                const next = new Set(chosen);
                if (event.target.checked) next.add(name);
                else next.delete(name);
                onChange(next);
              }}
            />
            {line(name)}
          </label>
        </li>
      ))}
    </ul>
  );
}
