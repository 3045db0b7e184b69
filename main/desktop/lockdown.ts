// What Electron allows by default and we do not. One function per measure, each with its reason; app.ts lists them.

import { app, type BrowserWindow, protocol, type Session, type WebContents, type WebPreferences } from 'electron';

/** The one scheme and host our pages have. file:// would give them the whole disk, http:// any proxy's content. */
export const pageOrigin = 'app://bundle';

/** What a served page looks like; see transports/renderer-files. */
export type Pages = (pathname: string) => Promise<{
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}>;

/** Must run before ready: a scheme without these privileges has no origin, and without an origin nothing can be checked. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Every renderer in Chromium's sandbox, also one that a later mistake creates without saying so. Before ready. */
export function sandboxEveryRenderer(): void {
  app.enableSandbox();
}

/** Our pages and nothing else, with the strict CSP their files are served with. Another host or method: nothing. */
export function servePages(session: Session, pages: Pages): void {
  session.protocol.handle('app', async (request) => {
    const { protocol: scheme, host, pathname } = new URL(request.url);
    const ours = scheme === 'app:' && host === 'bundle' && request.method === 'GET';
    const page = await pages(ours ? pathname : '/no-such-page');
    return new Response(new Uint8Array(page.body), { status: page.status, headers: page.headers });
  });
}

/** Electron grants permissions by default; a vault's window needs none (copying falls back to the copy command). */
export function denyEveryPermission(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
}

/** A page of ours that could be led elsewhere would take the bridge with it. */
function stayOnOurPages(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
}

/** No window but those this process makes. A link that may be opened goes to the person's browser instead. */
function openNothingInside(contents: WebContents, openOutside: (url: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** A webview is a page with options of its own; there is none here, so none may be attached. */
function refuseWebviews(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** The three above for every web contents that ever comes to be. */
export function guardEveryPage(openOutside: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    stayOnOurPages(contents);
    openNothingInside(contents, openOutside);
    refuseWebviews(contents);
  });
}

/** What each window is made with. Spelled out although most are defaults: a default can change, this must not. */
export function lockedPreferences(preload: string, devTools: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    spellcheck: false,
    // Whoever can inspect the page can ask as the page does: only a start from source has them.
    devTools,
    autoplayPolicy: 'user-gesture-required',
    // A .env is dropped into our page; it must never become the page.
    navigateOnDragDrop: false,
  };
}

/** Secrets are typed into our windows: keep them out of screenshots, recordings and shared screens. */
export function keepOutOfRecordings(window: BrowserWindow): void {
  window.setContentProtection(true);
}
