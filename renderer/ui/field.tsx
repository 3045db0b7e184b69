import { type ComponentProps, type ReactNode, useId } from 'react';

export interface FieldProps {
  readonly label: string;
  /** One line under the control; its space is reserved, so the form never moves. */
  readonly note?: ReactNode;
  readonly noteTone?: 'plain' | 'good' | 'warn' | 'bad';
  readonly children: (control: { id: string; 'aria-describedby': string }) => ReactNode;
}

/** A label, a control and the line under it. */
export function Field({ label, note, noteTone = 'plain', children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': noteId })}
      <p id={noteId} className={`note ${noteTone}`} aria-live="polite">
        {note}
      </p>
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, 'children'> & ComponentProps<'input'> & { readonly mono?: boolean };

/** One line of ordinary text. */
export function TextField({ label, note, noteTone = 'plain', mono = false, className = '', ...input }: TextFieldProps) {
  return (
    <Field label={label} note={note} noteTone={noteTone}>
      {(control) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...input}
          {...control}
          className={`input ${mono ? 'mono' : ''} ${className}`}
        />
      )}
    </Field>
  );
}

type SelectFieldProps = Omit<FieldProps, 'children'> & ComponentProps<'select'>;

export function SelectField({ label, note, noteTone = 'plain', children, ...select }: SelectFieldProps) {
  return (
    <Field label={label} note={note} noteTone={noteTone}>
      {(control) => (
        <select {...select} {...control} className="input">
          {children}
        </select>
      )}
    </Field>
  );
}

interface CheckProps extends ComponentProps<'input'> {
  readonly label: ReactNode;
}

export function Check({ label, ...input }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}

interface CheckSetProps<T extends string> {
  readonly legend: string;
  readonly options: readonly T[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
}

/** Any number of fixed words. */
export function CheckSet<T extends string>({ legend, options, chosen, onChange }: CheckSetProps<T>) {
  return (
    <fieldset className="checks">
      <legend>{legend}</legend>
      {options.map((option) => (
        <Check
          key={option}
          label={<span className="mono">{option}</span>}
          checked={chosen.includes(option)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, option] : chosen.filter((one) => one !== option))
          }
        />
      ))}
    </fieldset>
  );
}

/** An on/off switch that takes effect at once. */
export function Switch({ label, checked = false, ...input }: CheckProps & { readonly label: string }) {
  return (
    <input
      type="checkbox"
      role="switch"
      className="switch"
      aria-label={label}
      checked={checked}
      aria-checked={checked}
      {...input}
    />
  );
}
