// What the person is looking at; never what the host knows. Data comes from operations (query.ts).

import { create } from 'zustand';
import type { Scope } from '#contract/schemas/scope.ts';

export type Room = 'secrets' | 'capabilities' | 'activity' | 'access' | 'paths' | 'settings';

/** A dialog on top of a room. `about` is the id it concerns. */
export type Sheet =
  | { readonly kind: 'add-secret'; readonly name?: string }
  | { readonly kind: 'import' }
  /** An account of this provider, or of one that is chosen there; `again`: where the one lies that is connected once more. */
  | { readonly kind: 'connect'; readonly provider?: string; readonly again?: Scope }
  | {
      readonly kind: 'rotate' | 'rename' | 'aliases' | 'groups' | 'delete-secret' | 'delete-credential';
      readonly about: string;
    }
  | { readonly kind: 'mint'; readonly capability?: string }
  /** Of this secret, or of one that is chosen there. */
  | { readonly kind: 'add-credential'; readonly secretId?: string }
  /** Into a path that is chosen there, or a new version of `path`. */
  | { readonly kind: 'import-path'; readonly path?: string }
  | {
      readonly kind:
        | 'add-personal'
        | 'add-path'
        | 'add-capability'
        | 'rotate-master'
        | 'proxy'
        | 'audit-keep'
        | 'backup'
        | 'restore'
        | 'shortcuts';
    };

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
}

interface ViewState {
  readonly room: Room;
  /** What is selected in each room: an id, never the thing itself. */
  readonly selected: Readonly<Partial<Record<Room, string>>>;
  /** Below 900 px the detail slides over the list. */
  readonly detailOpen: boolean;
  readonly palette: boolean;
  readonly sheet: Sheet | null;
  readonly toasts: readonly Toast[];
  /** How path secrets are listed. */
  readonly pathsAs: 'table' | 'tree';
  /** What the person opened or closed in the tree of paths; the rest is as the tree decides. */
  readonly branches: ReadonlyMap<string, boolean>;
  go(room: Room, selected?: string): void;
  select(id: string | undefined, open?: boolean): void;
  back(): void;
  setPalette(open: boolean): void;
  open(sheet: Sheet | null): void;
  say(text: string, tone?: Toast['tone']): void;
  unsay(id: number): void;
  showPathsAs(kind: ViewState['pathsAs']): void;
  setBranches(paths: readonly string[], open: boolean): void;
  /** After a lock: nothing of what was looked at stays. */
  reset(): void;
}

let toastId = 0;

export const useView = create<ViewState>((set) => ({
  room: 'secrets',
  selected: {},
  detailOpen: false,
  palette: false,
  sheet: null,
  toasts: [],
  pathsAs: 'table',
  branches: new Map(),
  go: (room, selected) =>
    set((view) => ({
      room,
      palette: false,
      detailOpen: selected !== undefined,
      selected: selected === undefined ? view.selected : { ...view.selected, [room]: selected },
    })),
  select: (id, open = false) =>
    set((view) => {
      const selected = { ...view.selected };
      if (id === undefined) delete selected[view.room];
      else selected[view.room] = id;
      return { selected, detailOpen: open || (view.detailOpen && id !== undefined) };
    }),
  back: () => set({ detailOpen: false }),
  setPalette: (palette) => set({ palette }),
  open: (sheet) => set({ sheet, palette: false }),
  say: (text, tone = 'plain') => {
    toastId += 1;
    const toast: Toast = { id: toastId, text, tone };
    set((view) => ({ toasts: [...view.toasts.slice(-2), toast] }));
  },
  unsay: (id) => set((view) => ({ toasts: view.toasts.filter((toast) => toast.id !== id) })),
  showPathsAs: (pathsAs) => set({ pathsAs }),
  setBranches: (paths, open) =>
    set((view) => ({ branches: new Map([...view.branches, ...paths.map((path) => [path, open] as const)]) })),
  reset: () => set({ selected: {}, detailOpen: false, palette: false, sheet: null, branches: new Map() }),
}));
