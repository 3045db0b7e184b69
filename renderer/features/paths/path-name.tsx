import { Fragment } from 'react';

/** A whole path over as many lines as it needs: they break after a slash where they can. */
export function WholePath({ path }: { readonly path: string }) {
  const segments = path.split('/');
  return segments.map((segment, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a segment is known by its place
    <Fragment key={at}>
      {segment}
      {at < segments.length - 1 ? (
        <>
          /<wbr />
        </>
      ) : null}
    </Fragment>
  ));
}

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
