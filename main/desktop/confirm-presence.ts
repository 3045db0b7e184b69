import { BrowserWindow, dialog, type WebContents } from 'electron';

// Proof of presence without a passphrase: the operating system's own dialog, which no page and no program can press
// through our bridge.

/** Asks the person; true only for the second button. Esc, Enter and closing the dialog say no. */
export async function confirmPresence(summary: string, sender: WebContents): Promise<boolean> {
  const options = {
    type: 'question',
    title: 'aivault',
    message: 'Is it you who asks for this?',
    detail: summary,
    buttons: ['Cancel', 'Yes, do it'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  } as const;
  const window = BrowserWindow.fromWebContents(sender);
  const { response } = await (window === null
    ? dialog.showMessageBox({ ...options, buttons: [...options.buttons] })
    : dialog.showMessageBox(window, { ...options, buttons: [...options.buttons] }));
  return response === 1;
}
