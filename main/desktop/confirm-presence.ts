import { BrowserWindow, dialog, type WebContents } from 'electron';
import type { PresenceQuestion } from './presence-text.ts';

// Proof of presence without a passphrase: the operating system's own dialog, which no page and no program can press
// through our bridge.

/** Asks the person; true only for the second button. Esc, Enter and closing the dialog say no. */
export async function confirmPresence(
  { message, detail, yes }: PresenceQuestion,
  sender: WebContents,
): Promise<boolean> {
  const options = {
    type: 'question',
    title: 'aivault',
    message,
    detail,
    buttons: ['Cancel', yes],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  } satisfies Electron.MessageBoxOptions;
  const window = BrowserWindow.fromWebContents(sender);
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response === 1;
}
