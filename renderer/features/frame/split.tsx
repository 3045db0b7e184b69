import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { useView } from '../../view-state.ts';

interface SplitProps {
  readonly list: ReactNode;
  readonly detail: ReactNode;
  readonly detailLabel: string;
}

/** List and detail side by side; below 900 px the detail slides over the list. */
export function Split({ list, detail, detailLabel }: SplitProps) {
  const open = useView((view) => view.detailOpen);
  const back = useView((view) => view.back);
  return (
    <div className={`split ${open ? 'open' : ''}`}>
      <div className="pane-list">{list}</div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard */}
      <section className="pane-detail" aria-label={detailLabel} tabIndex={0}>
        <div className="pane-back">
          <IconButton label="Back to the list" onClick={back}>
            <ChevronLeft size={18} />
          </IconButton>
        </div>
        {detail}
      </section>
    </div>
  );
}
