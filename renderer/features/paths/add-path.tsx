import { useRef, useState } from 'react';
import type { PathMetadata } from '#contract/schemas/paths.ts';
import { useAct } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { SecretField, type SecretInput } from '../../ui/secret-field.tsx';
import { useView } from '../../view-state.ts';
import { parseDotenv } from '../secrets/dotenv.ts';

interface AddPathProps {
  /** Given: a new version of this path, refused where somebody else wrote meanwhile. */
  readonly path?: string;
  readonly version?: number;
  readonly metadata?: PathMetadata;
  readonly onClose?: () => void;
}

export function AddPath({ path: given, version = 0, metadata = {}, onClose }: AddPathProps) {
  const [path, setPath] = useState(given ?? '');
  const before = metadata.tags?.join(', ') ?? '';
  const [tags, setTags] = useState(before);
  const [expiresIn, setExpiresIn] = useState('');
  const [filled, setFilled] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const fields = useRef<SecretInput>(null);
  const write = useAct('paths.write');
  const open = useView((view) => view.open);
  const go = useView((view) => view.go);
  const close = onClose ?? (() => open(null));
  const complete = path.trim() !== '' && filled;

  const save = async () => {
    const entries = parseDotenv(fields.current?.value() ?? '');
    if (entries.length === 0) return setTrouble('Write fields as name=value, one a line.');
    const data = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
    const wanted = [...new Set(tags.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
    const done = await write.run({
      path: path.trim(),
      data,
      ifVersion: version,
      // What is left out stays as it was; what is given replaces all of it.
      ...(tags === before ? {} : { metadata: { ...metadata, tags: wanted } }),
      ...(expiresIn === '' ? {} : { expiresIn: expiresIn === 'never' ? null : expiresIn }),
    });
    if (done === undefined) return;
    fields.current?.clear();
    close();
    go('paths', done.path);
  };

  return (
    <Dialog title={given === undefined ? 'New path secret' : 'New version'} onClose={close}>
      <DialogForm
        submit={given === undefined ? 'Create' : `Write version ${version + 1}`}
        ready={complete}
        busy={write.busy}
        error={write.error}
        onSubmit={() => void save()}
        onClose={close}
      >
        <TextField
          label="Path"
          mono
          placeholder="environments/dev/database"
          value={path}
          maxLength={512}
          readOnly={given !== undefined}
          note="Lower case, at most 10 levels."
          onChange={(event) => setPath(event.target.value)}
        />
        <SecretField
          label="Fields"
          handle={fields}
          autoFocus={given !== undefined}
          onFilled={setFilled}
          note={trouble ?? 'name=value, one a line (Shift ⏎). Tokens that may read this path can read them.'}
          onSubmit={() => complete && void save()}
        />
        <TextField
          label="Tags"
          placeholder="billing, production"
          value={tags}
          maxLength={2048}
          note="Words to filter by, with commas between them. They are not secret."
          onChange={(event) => setTags(event.target.value)}
        />
        <SelectField label="Expires" value={expiresIn} onChange={(event) => setExpiresIn(event.target.value)}>
          <option value="">{given === undefined ? 'never' : 'as before'}</option>
          {given === undefined ? null : <option value="never">never</option>}
          <option value="1d">in a day</option>
          <option value="7d">in 7 days</option>
          <option value="30d">in 30 days</option>
          <option value="90d">in 90 days</option>
          <option value="365d">in a year</option>
        </SelectField>
      </DialogForm>
    </Dialog>
  );
}
