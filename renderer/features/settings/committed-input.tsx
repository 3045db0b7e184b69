import { useState } from 'react';

interface CommittedInputProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  /** What is wrong with it, or null. */
  readonly check: (text: string) => string | null;
  readonly onCommit: (text: string) => void;
}

/** A setting that is saved on leaving the field or Enter, and only when it makes sense; Esc puts it back. */
export function CommittedInput({ label, value, placeholder, check, onCommit }: CommittedInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? value;
  const wrong = check(text.trim());
  const commit = () => {
    if (draft === null || wrong !== null) return;
    if (draft.trim() !== value) onCommit(draft.trim());
    setDraft(null);
  };
  return (
    <span className="committed">
      <input
        type="text"
        className="input short mono"
        aria-label={label}
        aria-invalid={wrong !== null}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
      <span className="note bad" aria-live="polite">
        {wrong}
      </span>
    </span>
  );
}
