import { dialog } from 'electron';

/**
 * Takes the vault over from aivaultd. Where that fails the app stays, as the client of whoever has the vault; the person is
 * told why and may try again or quit.
 */
export async function takeOver(link: { takeOver(): Promise<void> }, quit: () => void): Promise<void> {
  for (;;) {
    try {
      return await link.takeOver();
    } catch (error) {
      const { response } = await dialog.showMessageBox({
        type: 'error',
        title: 'aivault',
        message: 'aivault could not take over.',
        detail: error instanceof Error ? error.message : 'Something went wrong.',
        buttons: ['Leave it', 'Try again', 'Quit aivault'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      });
      if (response === 2) return quit();
      if (response !== 1) return;
    }
  }
}
