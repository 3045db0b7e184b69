import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';

// A recording stand-in for the module `electron`, for a machine without its runtime: main and preload run against it
// unmodified. It keeps Electron's order (before ready, after ready), clones what crosses IPC, refuses second handlers,
// and throws for every property it does not have, so that nothing passes by silence. Its members are checked against
// Electron's own types. It proves nothing about sandboxing, the real contextBridge, drawing or packaging.

export interface Recorded {
  readonly name: string;
  readonly words: readonly unknown[];
}
const state = { log: [] as Recorded[], ready: false, becomeReady: Promise.withResolvers<void>(), singleInstance: true };

function record(name: string, ...words: unknown[]): void {
  state.log.push({ name, words });
}
function needsReady(name: string): void {
  assert.ok(state.ready, `${name} was used before app was ready`);
}
function needsNotReady(name: string): void {
  assert.ok(!state.ready, `${name} was used after app was ready`);
}

const emitting = new Set([
  'on',
  'once',
  'off',
  'emit',
  'addListener',
  'removeListener',
  'removeAllListeners',
  'listenerCount',
  'listeners',
]);

/** The members, plus an emitter's own; anything else throws by name. */
function strict<T extends object>(name: string, members: T, events = new EventEmitter()): T & EventEmitter {
  return new Proxy(members, {
    get(target, key) {
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return Reflect.get(target, key);
      if (key in target) return Reflect.get(target, key);
      if (emitting.has(key)) return Reflect.get(events, key).bind(events);
      throw new Error(`electron.${name}.${key} is not part of the double`);
    },
  }) as T & EventEmitter;
}

// --- app ---------------------------------------------------------------------------------------------------------

export const app = strict('app', {
  enableSandbox() {
    needsNotReady('app.enableSandbox');
    record('app.enableSandbox');
  },
  whenReady: () => state.becomeReady.promise,
  isReady: () => state.ready,
  requestSingleInstanceLock() {
    record('app.requestSingleInstanceLock');
    return state.singleInstance;
  },
  setLoginItemSettings(settings: Electron.Settings) {
    needsReady('app.setLoginItemSettings');
    record('app.setLoginItemSettings', settings);
  },
  quit() {
    record('app.quit');
  },
} satisfies Partial<Electron.App>);

// --- sessions, pages, windows ------------------------------------------------------------------------------------

type PageHandler = (request: Request) => Response | Promise<Response>;
interface SessionDouble {
  readonly pages: Map<string, PageHandler>;
  permissionRequest: Parameters<Electron.Session['setPermissionRequestHandler']>[0];
  permissionCheck: Parameters<Electron.Session['setPermissionCheckHandler']>[0];
  devicePermission: Parameters<Electron.Session['setDevicePermissionHandler']>[0];
  displayMedia: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0];
}
export const defaultSession: SessionDouble = {
  pages: new Map(),
  permissionRequest: null,
  permissionCheck: null,
  devicePermission: null,
  displayMedia: null,
};
const sessionMembers = strict('session.defaultSession', {
  protocol: strict('session.protocol', {
    handle(scheme: string, handler: PageHandler) {
      assert.ok(!defaultSession.pages.has(scheme), `a second handler for ${scheme}`);
      defaultSession.pages.set(scheme, handler);
    },
  }),
  setPermissionRequestHandler(handler: SessionDouble['permissionRequest']) {
    defaultSession.permissionRequest = handler;
  },
  setPermissionCheckHandler(handler: SessionDouble['permissionCheck']) {
    defaultSession.permissionCheck = handler;
  },
  setDevicePermissionHandler(handler: SessionDouble['devicePermission']) {
    defaultSession.devicePermission = handler;
  },
  setDisplayMediaRequestHandler(handler: SessionDouble['displayMedia']) {
    defaultSession.displayMedia = handler;
  },
} satisfies { [K in keyof Electron.Session]?: unknown });

export const session = strict('session', {
  get defaultSession() {
    needsReady('session.defaultSession');
    return sessionMembers;
  },
});

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]) {
    needsNotReady('protocol.registerSchemesAsPrivileged');
    record('protocol.registerSchemesAsPrivileged', schemes);
  },
} satisfies Partial<Electron.Protocol>);

/** What a window of the double shows to a test. */
export interface WindowDouble {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly contents: EventEmitter & { readonly sent: unknown[][] };
  readonly emitter: EventEmitter;
  url: string | null;
  visible: boolean;
  /** Whether the person's keys go to it. */
  focused: boolean;
  contentProtected: boolean;
  openHandler: ((details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse) | null;
  /** Called with what main sends to the page. */
  deliver: ((channel: string, ...words: unknown[]) => void) | null;
}
export const windows: WindowDouble[] = [];
const windowOfContents = new Map<object, object>();

export class BrowserWindow {
  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    needsReady('BrowserWindow');
    record('BrowserWindow', options);
    const emitter = new EventEmitter();
    const sent: unknown[][] = [];
    const contents = strict('webContents', {
      sent,
      isDestroyed: () => !windows.includes(double),
      send(channel: string, ...words: unknown[]) {
        const cloned = structuredClone(words);
        sent.push([channel, ...cloned]);
        double.deliver?.(channel, ...cloned);
      },
      setWindowOpenHandler(handler: WindowDouble['openHandler']) {
        double.openHandler = handler;
      },
    });
    const double: WindowDouble = {
      options,
      contents,
      emitter,
      url: null,
      visible: options.show !== false,
      focused: false,
      contentProtected: false,
      openHandler: null,
      deliver: null,
    };
    windows.push(double);
    const members = {
      webContents: contents as unknown as Electron.WebContents,
      async loadURL(url: string) {
        double.url = url;
        record('loadURL', url);
        queueMicrotask(() => emitter.emit('ready-to-show'));
      },
      setContentProtection(on: boolean) {
        double.contentProtected = on;
      },
      show() {
        double.visible = true;
        members.focus();
      },
      showInactive() {
        double.visible = true;
      },
      hide() {
        double.visible = false;
        double.focused = false;
      },
      focus() {
        for (const other of windows) other.focused = false;
        double.focused = true;
        emitter.emit('focus');
      },
      isVisible: () => double.visible,
      isFocused: () => double.focused,
      restore() {},
      isMinimized: () => false,
      setAlwaysOnTop(on: boolean) {
        record('setAlwaysOnTop', on);
      },
      close() {
        let prevented = false;
        emitter.emit('close', { preventDefault: () => (prevented = true) });
        if (prevented) return;
        windows.splice(windows.indexOf(double), 1);
        emitter.emit('closed');
      },
    } satisfies Partial<Electron.BrowserWindow>;
    app.emit('web-contents-created', {}, contents);
    const window = strict('BrowserWindow', members, emitter);
    windowOfContents.set(contents, window);
    // biome-ignore lint/correctness/noConstructorReturn: the proxy is what refuses unknown members
    return window as unknown as BrowserWindow;
  }
  static fromWebContents(contents: object): object | null {
    return windowOfContents.get(contents) ?? null;
  }
}

export const screen = strict('screen', {
  getCursorScreenPoint: () => ({ x: 0, y: 0 }),
  getDisplayNearestPoint() {
    needsReady('screen.getDisplayNearestPoint');
    return { workArea: { x: 0, y: 24, width: 1920, height: 1056 } };
  },
});

// --- IPC and the preload's side ----------------------------------------------------------------------------------

type IpcListener = (event: object, ...words: unknown[]) => unknown;
const handlers = new Map<string, IpcListener>();

export const ipcMain = strict('ipcMain', {
  handle(channel: string, listener: IpcListener) {
    assert.ok(!handlers.has(channel), `Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, listener);
  },
});

/** Where the preload's questions come from, when it runs in this process. */
export const preloadSender: { frame: object | null; contents: object } = { frame: null, contents: {} };
export const exposed = new Map<string, unknown>();
const rendererEvents = new EventEmitter();

export const ipcRenderer = strict('ipcRenderer', {
  invoke: (channel: string, ...words: unknown[]) =>
    control.invoke(channel, preloadSender.frame, preloadSender.contents, ...words),
  on(channel: string, listener: IpcListener) {
    rendererEvents.on(channel, listener);
    return ipcRenderer;
  },
  removeListener(channel: string, listener: IpcListener) {
    rendererEvents.off(channel, listener);
    return ipcRenderer;
  },
});
export const contextBridge = strict('contextBridge', {
  exposeInMainWorld(key: string, api: unknown) {
    assert.ok(!exposed.has(key), `a second '${key}' in the main world`);
    exposed.set(key, Object.freeze(api));
  },
} satisfies Partial<Electron.ContextBridge>);

// --- the desktop around it ---------------------------------------------------------------------------------------

export const powerMonitor = strict('powerMonitor', {
  getSystemIdleTime: () => system.idleSeconds,
} satisfies Partial<Electron.PowerMonitor>);
export const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' };
export const nativeImage = strict('nativeImage', { createFromPath: (path: string) => ({ path }) });
export const Menu = strict('Menu', {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ items: template }),
  setApplicationMenu(menu: object | null) {
    needsReady('Menu.setApplicationMenu');
    record('Menu.setApplicationMenu', menu);
  },
});
export const dialog = strict('dialog', {
  showErrorBox(title: string, content: string) {
    record('dialog.showErrorBox', title, content);
  },
  async showMessageBox(...words: unknown[]) {
    needsReady('dialog.showMessageBox');
    record('dialog.showMessageBox', words.at(-1));
    return { response: system.dialogResponse, checkboxChecked: false };
  },
});
export const shell = strict('shell', {
  async openExternal(url: string) {
    record('shell.openExternal', url);
  },
} satisfies Partial<Electron.Shell>);
export const globalShortcut = strict('globalShortcut', {
  register(keys: string, act: () => void) {
    needsReady('globalShortcut.register');
    system.shortcuts.set(keys, act);
    return true;
  },
  unregister(keys: string) {
    system.shortcuts.delete(keys);
  },
} satisfies { [K in keyof Electron.GlobalShortcut]?: unknown });

export interface TrayDouble extends EventEmitter {
  readonly menu: Electron.MenuItemConstructorOptions[];
  readonly image: { readonly path: string };
  readonly toolTip: string;
}
export class Tray {
  constructor(image: { path: string }) {
    needsReady('Tray');
    if (!system.hasTray) throw new Error('no tray on this desktop');
    const shown = { menu: [] as Electron.MenuItemConstructorOptions[], image, toolTip: '' };
    const members = Object.assign(shown, {
      setImage(next: { path: string }) {
        shown.image = next;
      },
      setToolTip(text: string) {
        shown.toolTip = text;
      },
      setContextMenu(menu: { items: Electron.MenuItemConstructorOptions[] } | null) {
        shown.menu = menu?.items ?? [];
      },
    });
    const tray = strict('Tray', members);
    system.tray = tray as unknown as TrayDouble;
    // biome-ignore lint/correctness/noConstructorReturn: the proxy is what refuses unknown members
    return tray as unknown as Tray;
  }
}

/** What a test may set about the machine, and see of it. */
export const system = {
  hasTray: true,
  tray: null as TrayDouble | null,
  idleSeconds: 0,
  /** Which button the person presses: 0 is Cancel. */
  dialogResponse: 0,
  shortcuts: new Map<string, () => void>(),
};

export const control = {
  log: () => state.log as readonly Recorded[],
  /** Where in the log a call stands; -1 where it never happened. */
  when: (name: string) => state.log.findIndex((one) => one.name === name),
  denySingleInstance() {
    state.singleInstance = false;
  },
  async goReady() {
    record('ready');
    state.ready = true;
    state.becomeReady.resolve();
    app.emit('ready');
    await new Promise((resolve) => setImmediate(resolve));
  },
  /** A message from a page: cloned in, cloned out, as Electron does. */
  async invoke(channel: string, senderFrame: object | null, sender: object, ...words: unknown[]): Promise<unknown> {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler({ senderFrame, sender }, ...structuredClone(words)));
  },
  /** Something main sent to the page the preload runs in. */
  tellPreload(channel: string, ...words: unknown[]) {
    rendererEvents.emit(channel, { sender: ipcRenderer }, ...structuredClone(words));
  },
  /** A fresh Electron for the next start of the app. */
  reset() {
    state.log.length = 0;
    state.ready = false;
    state.becomeReady = Promise.withResolvers();
    state.singleInstance = true;
    for (const emitter of [app, powerMonitor]) emitter.removeAllListeners();
    rendererEvents.removeAllListeners();
    handlers.clear();
    exposed.clear();
    windows.length = 0;
    Object.assign(defaultSession, {
      permissionRequest: null,
      permissionCheck: null,
      devicePermission: null,
      displayMedia: null,
    });
    defaultSession.pages.clear();
    Object.assign(system, { hasTray: true, tray: null, idleSeconds: 0, dialogResponse: 0 });
    system.shortcuts.clear();
    nativeTheme.themeSource = 'system';
  },
};
