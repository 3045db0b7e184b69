import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';

/**
 * Copies by the clipboard API, else by the copy command, which needs no permission: the desktop shell grants none. The
 * helper stands `near` the button, because everything outside an open dialog is inert.
 */
async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const box = document.createElement('textarea');
    box.className = 'unseen';
    box.value = text;
    near.append(box);
    box.select();
    const copied = document.execCommand('copy');
    box.remove();
    if (before instanceof HTMLElement) before.focus();
    return copied;
  }
}

/** Copies a text that may be shown. Never used for a broker secret: none ever reaches the page. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      label={copied ? 'Copied' : label}
      onClick={(event) => {
        const near = event.currentTarget.parentElement ?? document.body;
        void copyText(text, near).then(setCopied);
      }}
    >
      {copied ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  );
}

/** A command or a snippet with its copy button. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre className="mono">{text}</pre>
      </section>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}
