import type { Windows } from './window.ts';

// When the small window with the requests that wait is there: it comes with a new one while the person works elsewhere,
// and goes with the last.

export interface ApprovalWindow {
  /** Says which requests wait now. */
  waiting(approvalIds: readonly string[]): void;
}

export function createApprovalWindow(
  windows: Pick<Windows, 'showApprovals' | 'closeApprovals' | 'inFront' | 'onFront'>,
): ApprovalWindow {
  /** Those that had their chance to open it: a window the person closed does not come back for the same ones. */
  let seen: ReadonlySet<string> = new Set();
  // The main window shows the same cards.
  windows.onFront(windows.closeApprovals);
  return {
    waiting(approvalIds) {
      const isNew = approvalIds.some((id) => !seen.has(id));
      seen = new Set(approvalIds);
      if (approvalIds.length === 0) windows.closeApprovals();
      else if (isNew && !windows.inFront()) windows.showApprovals(true);
    },
  };
}
