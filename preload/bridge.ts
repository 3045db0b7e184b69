// Runs in the sandboxed preload: a plain script that may require electron and nothing else. The page gets two functions.

import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { Presence } from '../main/contract/call.ts';
import type { Result } from '../main/contract/errors.ts';
import type { HostEvent } from '../main/contract/events.ts';
import type { Bridge } from './window.d.ts';

const bridge: Bridge = {
  ask(name: string, input: unknown, presence?: Presence): Promise<Result<unknown>> {
    // Only a passphrase may come from the page; "confirmed" is the shell's own word.
    const proof = typeof presence?.passphrase === 'string' ? { passphrase: presence.passphrase } : undefined;
    return ipcRenderer.invoke('aivault:ask', String(name), input, proof);
  },
  onEvent(listener: (event: HostEvent) => void): () => void {
    // The IPC event object carries the sender; it stays here.
    const relay = (_event: IpcRendererEvent, announced: HostEvent): void => listener(announced);
    ipcRenderer.on('aivault:event', relay);
    return () => {
      ipcRenderer.removeListener('aivault:event', relay);
    };
  },
};

contextBridge.exposeInMainWorld('aivault', bridge);
