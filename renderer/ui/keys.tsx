/** A shortcut beside what it does; screen readers hear the control's own name instead. */
export function Keys({ children }: { readonly children: string }) {
  return (
    <span className="keys" aria-hidden="true">
      {children}
    </span>
  );
}
