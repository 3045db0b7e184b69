import { useState } from 'react';
import { useAsk } from '../../query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField } from '../../ui/field.tsx';
import { PresenceField, useProvenAct } from '../../ui/presence-field.tsx';
import { useView } from '../../view-state.ts';

const choices = [30, 90, 180, 365, 730];

/** What the setting says, in words. */
export function keepWords(days: number | null | undefined): string {
  return days === undefined ? '' : days === null ? 'for ever' : `${days} days`;
}

/** How long entries are kept. What is older is removed for good, so it asks for presence. */
export function ChooseAuditKeep() {
  const days = useAsk('settings.show', {}).value?.auditKeepDays;
  // Not before it is known what is set: one press would change it.
  return days === undefined ? null : <KeepForm days={days} />;
}

function KeepForm({ days }: { readonly days: number | null }) {
  const [chosen, setChosen] = useState(days);
  const keep = useProvenAct('settings.setAuditKeepDays');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  const offered = days === null || choices.includes(days) ? choices : [...choices, days].sort((a, b) => a - b);

  const save = async () => {
    const done = await keep.run({ auditKeepDays: chosen });
    if (done === undefined) return;
    open(null);
    say(`Entries are kept ${keepWords(done.auditKeepDays)}.`);
  };

  return (
    <Dialog title="Keep entries" onClose={() => open(null)}>
      <DialogForm
        submit="Keep them so"
        ready
        busy={keep.busy}
        error={keep.error}
        onSubmit={() => void save()}
        onClose={() => open(null)}
      >
        <p className="muted">
          Older entries are removed once a day while the vault is open, and nothing brings them back: export them first
          where they are needed. What remains can still be checked.
        </p>
        <SelectField
          label="Entries are kept"
          value={chosen ?? ''}
          onChange={(event) => setChosen(event.target.value === '' ? null : Number(event.target.value))}
        >
          <option value="">for ever</option>
          {offered.map((each) => (
            <option key={each} value={each}>
              {keepWords(each)}
            </option>
          ))}
        </SelectField>
        <PresenceField handle={keep.presence} />
      </DialogForm>
    </Dialog>
  );
}
