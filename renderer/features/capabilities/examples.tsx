import { useState } from 'react';
import type { CapabilityDetail } from '#contract/schemas/catalog.ts';
import { Snippet } from '../../ui/copy-button.tsx';
import { Choice } from '../../ui/pill.tsx';

const titles = { cli: 'CLI', curl: 'curl', node: 'Node', python: 'Python' } as const;

/** Ready to paste; the key stays with the broker. */
export function Examples({ examples }: { readonly examples: CapabilityDetail['examples'] }) {
  const [chosen, setChosen] = useState(examples[0]?.title ?? 'cli');
  const example = examples.find((one) => one.title === chosen) ?? examples[0];
  if (example === undefined) return null;
  return (
    <section className="block-section">
      <div className="row">
        <h3 className="grow">Use it</h3>
        {examples.map(({ title }) => (
          <Choice key={title} chosen={title === example.title} onClick={() => setChosen(title)}>
            {titles[title]}
          </Choice>
        ))}
      </div>
      <Snippet text={example.text} label={`${titles[example.title]} example`} />
    </section>
  );
}
