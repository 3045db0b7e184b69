import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { PathSummary } from '#contract/schemas/paths.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Problem } from '../../ui/problem.tsx';
import { agoText, dateText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { DestroyPath } from './destroy-path.tsx';
import { expiryText } from './expiry.ts';
import { WholePath } from './path-name.tsx';

interface DeletedPathProps {
  readonly secret: PathSummary;
  readonly now: number;
  /** It left the list: restored, or gone for good. */
  readonly onLeave: () => void;
}

/** A deleted path: kept, read by nobody, until it is restored or deleted for good. */
export function DeletedPath({ secret, now, onLeave }: DeletedPathProps) {
  const { path, version, secretType, deletedAtMs, updatedAtMs, expiresAtMs, tags } = secret;
  const restore = useAct('paths.restore');
  const say = useView((view) => view.say);
  const [destroying, setDestroying] = useState(false);
  const bring = async () => {
    if ((await restore.run({ path })) === undefined) return;
    onLeave();
    say(`${path} restored, with all its versions.`);
  };
  return (
    <article>
      <header className="detail-head">
        <div className="grow">
          <h2 className="mono wrap">
            <WholePath path={path} />
          </h2>
          <p className="muted">Deleted. Nobody can read it, and nothing can be written here, until it is restored.</p>
        </div>
      </header>
      <Facts>
        <Fact name="Deleted">
          {deletedAtMs === null ? '' : `${dateText(deletedAtMs)}, ${agoText(deletedAtMs, now)}`}
        </Fact>
        <Fact name="Type">{secretType}</Fact>
        <Fact name="Version">
          {version} <span className="muted">written {agoText(updatedAtMs, now)}</span>
        </Fact>
        <Fact name="Expires">{expiryText(expiresAtMs, now)}</Fact>
        {tags.length === 0 ? null : <Fact name="Tags">{tags.join(', ')}</Fact>}
      </Facts>
      <Problem error={restore.error} />
      <div className="row actions">
        <Button icon={<RotateCcw size={15} />} busy={restore.busy} onClick={() => void bring()}>
          Restore
        </Button>
        <Button tone="bad" onClick={() => setDestroying(true)}>
          Delete for good
        </Button>
      </div>
      {destroying ? (
        <DestroyPath
          path={path}
          version={version}
          kept={null}
          tags={tags}
          onGone={onLeave}
          onClose={() => setDestroying(false)}
        />
      ) : null}
    </article>
  );
}
