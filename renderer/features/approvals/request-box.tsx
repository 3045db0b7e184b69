import { visibleText } from '#contract/approval-words.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { bytesText, fingerprintText } from '../../ui/words.ts';

/** From here on an address does not fit its box, and the end of it has to be looked for. */
const longAddress = 240;

/** Method and address, from the host, whole. */
export function RequestBox({ request }: { readonly request: ApprovalRequest }) {
  const { method, url } = request;
  const path = url.indexOf('/', url.indexOf('//') + 2);
  const origin = path < 0 ? url : url.slice(0, path);
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section className="approval-request mono wrap" aria-label="What would be sent" tabIndex={0} dir="ltr">
        <span className="approval-method">{method}</span> {visibleText(origin)}
        <span className="approval-path">{visibleText(url.slice(origin.length))}</span>
      </section>
      {url.length > longAddress ? (
        <p className="approval-size">{url.length.toLocaleString('en-GB')} characters: scroll to see the end.</p>
      ) : null}
    </div>
  );
}

/** What the caller wrote, marked as theirs: nothing in it was said by the host. */
export function CallersText({ body }: { readonly body: NonNullable<ApprovalRequest['body']> }) {
  const { text, bytes, sha256, truncated } = body;
  return (
    <figure>
      <figcaption className="approval-size row">
        <span className="grow">Written by the caller{truncated ? ', the beginning' : ''}</span>
        <span title={`SHA-256 ${sha256}`}>
          {bytesText(bytes)} · <span className="mono">{fingerprintText(sha256, 8)}</span>
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
      <section className="approval-words" aria-label="Written by the caller" tabIndex={0}>
        {text === null ? (
          <p className="muted">Not text, so it is not shown.</p>
        ) : (
          <pre className="mono muted" dir="ltr">
            {text}
          </pre>
        )}
      </section>
    </figure>
  );
}
