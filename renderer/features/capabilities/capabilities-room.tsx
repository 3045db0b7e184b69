import { KeyRound, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useFirstChoice } from '../../ui/use-first-choice.ts';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { CapabilityDetail } from './capability-detail.tsx';
import { CapabilityList } from './capability-list.tsx';
import { RegistryReview } from './registry-review.tsx';

const none: readonly CapabilitySummary[] = [];

export function CapabilitiesRoom() {
  const answer = useAsk('capabilities.list', {});
  const list = answer.value?.capabilities;
  const selected = useView((view) => view.selected.capabilities);
  const select = useView((view) => view.select);
  const open = useView((view) => view.open);
  const known = useMemo(() => new Set((list ?? none).map((one) => one.id)), [list]);
  const first = useMemo(() => (list ?? none).find((one) => one.ready)?.id ?? list?.[0]?.id, [list]);

  useFirstChoice(list === undefined ? undefined : known, first, selected, select);

  return (
    <>
      <Header title="Capabilities">
        <Button tone="quiet" icon={<KeyRound size={15} />} onClick={() => open({ kind: 'add-credential' })}>
          New credential
        </Button>
        <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-capability' })}>
          New capability
        </Button>
      </Header>
      <RegistryReview />
      <Split
        list={
          answer.error === undefined || list !== undefined ? (
            <CapabilityList list={list} />
          ) : (
            <Problem error={answer.error} />
          )
        }
        detail={
          selected === undefined || !known.has(selected) ? null : <CapabilityDetail key={selected} id={selected} />
        }
        detailLabel="Capability"
      />
    </>
  );
}
