/** The product's mark: a key in a square. The same drawing as the app icon (assets/icon.svg). */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="mark-field" />
      <g className="mark-key" fill="none" strokeWidth="2.3" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="19.5" cy="11.8" r="4.8" />
        <path d="M16.1 15.2 7.6 23.7M11.4 19.9l2.9 2.9M7.6 23.7l2.4 2.4" />
      </g>
    </svg>
  );
}
