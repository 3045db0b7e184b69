/** A path on one line. Its last segment is what tells paths apart: the segments before it give way first. */
export function PathName({ path }: { readonly path: string }) {
  const cut = Math.max(0, path.lastIndexOf('/'));
  return (
    <span className="path-name mono" title={path}>
      {cut === 0 ? null : <span className="muted cut">{path.slice(0, cut)}</span>}
      <span className="cut">
        {cut === 0 ? null : <span className="muted">/</span>}
        {path.slice(cut === 0 ? 0 : cut + 1)}
      </span>
    </span>
  );
}
