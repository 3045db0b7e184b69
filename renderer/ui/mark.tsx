/** The product's mark: a key in a square. The same drawing as the app icon (assets/icon.svg). */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="mark-field" />
      <g className="mark-key" fill="none" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="19.5" cy="12.5" r="5" />
        <path d="M15.9 16.1 9 23v2.5h3.5V23H15v-2.5l1.9-1.9" />
      </g>
      <circle cx="21" cy="11" r="1.1" className="mark-hole" />
    </svg>
  );
}
