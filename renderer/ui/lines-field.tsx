import { Field, type FieldProps } from './field.tsx';

/** What was written one a line, without the blank ones. */
export function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

interface LinesFieldProps extends Pick<FieldProps, 'label' | 'note'> {
  readonly rows: number;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A field for several of a kind, one a line: paths, globs, names. */
export function LinesField({ label, note, value, onChange, ...area }: LinesFieldProps) {
  return (
    <Field label={label} note={note}>
      {(control) => (
        <textarea
          {...area}
          {...control}
          className="input mono"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
