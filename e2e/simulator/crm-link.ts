import type { CrmConditions } from './crms/crm-names.ts';

/** Sets the condition of the simulated CRMs from now on; a CRM that is not named is up. */
export async function setCrmConditions(conditions: CrmConditions): Promise<void> {
  await fetch('/crms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(conditions),
  }).catch(() => undefined);
}
