import { Ellipsis, Plus } from 'lucide-react';
import { useState } from 'react';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { agoText, dateText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { AddPath } from './add-path.tsx';
import { DestroyPath } from './destroy-path.tsx';
import { expiryText, expiryTone } from './expiry.ts';
import { ExpiryPill } from './expiry-pill.tsx';
import { ExportPath } from './export-path.tsx';
import { WholePath } from './path-name.tsx';
import { PathVersions } from './path-versions.tsx';

interface PathDetailProps {
  readonly path: string;
  readonly now: number;
  readonly onTag: (tag: string) => void;
  /** It left the list: deleted, for now or for good. */
  readonly onLeave: () => void;
}

export function PathDetail({ path, now, onTag, onLeave }: PathDetailProps) {
  const { value: detail, error } = useAsk('paths.describe', { path });
  const remove = useAct('paths.delete');
  const say = useView((view) => view.say);
  const open = useView((view) => view.open);
  const [doing, setDoing] = useState<'write' | 'export' | 'destroy' | null>(null);
  if (error?.error === 'not_found') return <p className="muted">There is no path secret here any more.</p>;
  if (error !== undefined) return <Problem error={error} />;
  if (detail === undefined || detail.path !== path) return <Skeleton rows={7} height={34} />;
  const done = () => setDoing(null);
  const drop = async () => {
    if ((await remove.run({ path })) === undefined) return;
    onLeave();
    say(`${path} deleted. It can be restored under Deleted.`);
  };
  return (
    <article>
      <header className="detail-head">
        <div className="grow">
          <h2 className="mono wrap">
            <WholePath path={detail.path} />
          </h2>
          <p className="muted wrap">
            {detail.metadata.description ?? 'A path secret: tokens whose scope and path allow it can read its value.'}
          </p>
        </div>
        <Menu
          label={`More for ${path}`}
          icon={<Ellipsis size={15} />}
          items={[
            { text: 'Export as .env…', act: () => setDoing('export') },
            { text: 'Import a .env…', act: () => open({ kind: 'import-path', path }) },
            { text: 'Delete', act: () => void drop() },
            { text: 'Delete for good…', tone: 'bad', act: () => setDoing('destroy') },
          ]}
        />
      </header>
      <Problem error={remove.error} />
      <Facts>
        <Fact name="Type">{detail.secretType}</Fact>
        <Fact name="Version">
          {detail.version}{' '}
          <span className="muted">
            written {agoText(detail.updatedAtMs, now)}, keeps {detail.maxVersions}
          </span>
        </Fact>
        <Fact name="Expires">
          {detail.expiresAtMs === null ? (
            'never'
          ) : (
            <>
              {dateText(detail.expiresAtMs)}{' '}
              {expiryTone(detail.expiresAtMs, now) === null ? (
                <span className="muted">{expiryText(detail.expiresAtMs, now)}</span>
              ) : (
                <ExpiryPill expiresAtMs={detail.expiresAtMs} now={now} />
              )}
            </>
          )}
        </Fact>
        <Fact name="Last read">{detail.lastReadAtMs === null ? 'never' : agoText(detail.lastReadAtMs, now)}</Fact>
        {detail.metadata.owner === undefined ? null : <Fact name="Owner">{detail.metadata.owner}</Fact>}
        {detail.tags.length === 0 ? null : (
          <Fact name="Tags">
            <span className="choices">
              {detail.tags.map((tag) => (
                <button
                  key={tag}
                  type="button"
                  className="pill choice plain path-tag"
                  title={`Show what has the tag ${tag}`}
                  onClick={() => onTag(tag)}
                >
                  {tag}
                </button>
              ))}
            </span>
          </Fact>
        )}
      </Facts>
      <div className="row actions">
        <Button icon={<Plus size={15} />} onClick={() => setDoing('write')}>
          New version
        </Button>
      </div>
      <PathVersions path={path} versions={detail.versions} now={now} />
      {doing === 'write' ? (
        <AddPath path={path} version={detail.version} metadata={detail.metadata} onClose={done} />
      ) : null}
      {doing === 'export' ? <ExportPath detail={detail} onClose={done} /> : null}
      {doing === 'destroy' ? (
        <DestroyPath
          path={path}
          version={detail.version}
          kept={detail.versions.length}
          tags={detail.tags}
          onGone={onLeave}
          onClose={done}
        />
      ) : null}
    </article>
  );
}
