import { AivaultError } from '#contract/errors.ts';
import type { DoctorCheck } from '#contract/schemas/desk.ts';
import type { CoreHandlers } from '../dispatch.ts';
import type { Services } from './services.ts';

type CareRows = 'host.doctor' | 'backup.create' | 'backup.restore';

export interface CareDeps {
  readonly examine: () => Promise<DoctorCheck[]>;
}

export function careHandlers(_services: Services, deps: CareDeps): Pick<CoreHandlers, CareRows> {
  return {
    'host.doctor': async () => ({ checks: await deps.examine() }),
    'backup.create': async () => {
      throw new AivaultError('internal', 'Backup is not built yet.');
    },
    'backup.restore': async () => {
      throw new AivaultError('internal', 'Backup is not built yet.');
    },
  };
}
