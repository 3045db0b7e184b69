// The native modal dialogs that are open, and how each one begins and ends.

import { type RefObject, useEffect, useSyncExternalStore } from 'react';

let stack: readonly HTMLDialogElement[] = [];
const listeners = new Set<() => void>();

function put(next: typeof stack): void {
  stack = next;
  for (const listener of listeners) listener();
}

/** Those that are open now, the one on top last. */
export function useOpenDialogs(): readonly HTMLDialogElement[] {
  return useSyncExternalStore(subscribe, () => stack);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Opens the dialog as a modal one while it is on the page, with the keys in it, and gives them back afterwards. */
export function useModal(element: RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const before = document.activeElement;
    dialog.showModal();
    firstField(dialog)?.focus();
    put([...stack, dialog]);
    return () => {
      dialog.close();
      put(stack.filter((one) => one !== dialog));
      // What had them may have gone meanwhile: then they go to the dialog underneath.
      const after = before instanceof HTMLElement && before.isConnected ? before : firstField(stack.at(-1) ?? null);
      after?.focus();
    };
  }, [element]);
}

/** Not the second press of two: where the first one opened the dialog, it was not meant to close it. */
export function onlyPress({ detail }: { readonly detail: number }): boolean {
  return detail < 2;
}

/** Where focus begins: the field that asks for it, else the first one, else the first answer (the harmless one). */
function firstField(dialog: HTMLDialogElement | null): HTMLElement | null {
  const inside = (selector: string) => dialog?.querySelector<HTMLElement>(selector) ?? null;
  return (
    inside('[data-first]') ??
    inside('input:not([type=checkbox], [type=radio], [readonly]), textarea, select') ??
    inside('.dialog-actions button')
  );
}
