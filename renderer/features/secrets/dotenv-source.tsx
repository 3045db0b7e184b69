import { FileInput } from 'lucide-react';
import { useRef, useState } from 'react';
import { SecretField, type SecretInput } from '../../ui/secret-field.tsx';

const maxFileBytes = 1024 * 1024;

interface DotenvSourceProps {
  /** What the file is and is not used for. */
  readonly note: string;
  /** Why the last text was of no use; shown in place of the note. */
  readonly trouble: string | null;
  readonly onText: (text: string) => void;
  readonly onTrouble: (text: string) => void;
}

/** Where the lines of a .env come from: a file that is dropped or chosen, or a paste. It keeps none of them. */
export function DotenvSource({ note, trouble, onText, onTrouble }: DotenvSourceProps) {
  const [over, setOver] = useState(false);
  const pasted = useRef<SecretInput>(null);
  const takeFile = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > maxFileBytes) onTrouble('That file is larger than 1 MiB: not a .env file.');
    else onText(await file.text());
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the file button inside does the same by keyboard */}
      <div
        className={`drop ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void takeFile(event.dataTransfer.files[0]);
        }}
      >
        <FileInput size={20} aria-hidden="true" />
        <p>Drop a .env file here</p>
        <label className="button plain">
          Choose a file
          <input type="file" className="unseen" onChange={(event) => void takeFile(event.target.files?.[0])} />
        </label>
      </div>
      <SecretField
        label="Or paste its lines"
        handle={pasted}
        onFilled={(filled) => {
          if (!filled) return;
          onText(pasted.current?.value() ?? '');
          pasted.current?.clear();
        }}
        note={trouble ?? note}
      />
    </>
  );
}
