// `electron` as a preload sees it, inside a real page: what the double stage bundles the preload against. Questions go
// through a Playwright binding to the double's ipcMain; announcements come back through window.__deliver.

interface Wires {
  __ipc(channel: string, words: unknown[]): Promise<{ ok: unknown } | { thrown: string }>;
  __deliver?: (channel: string, ...words: unknown[]) => void;
}
const wires = window as unknown as Wires;
type Listener = (event: object, ...words: unknown[]) => void;
const listeners = new Map<string, Set<Listener>>();

Object.defineProperty(wires, '__deliver', {
  value: (channel: string, ...words: unknown[]) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...words);
  },
});
const ipc = wires.__ipc;

export const ipcRenderer = {
  async invoke(channel: string, ...words: unknown[]): Promise<unknown> {
    const answer = await ipc(channel, structuredClone(words));
    if ('thrown' in answer) throw new Error(answer.thrown);
    return answer.ok;
  },
  on(channel: string, listener: Listener) {
    listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
  },
  removeListener(channel: string, listener: Listener) {
    listeners.get(channel)?.delete(listener);
  },
};
export const contextBridge = {
  exposeInMainWorld(key: string, api: object) {
    Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
  },
};
