import type { CrmConditions } from './crms/crm-names.ts';

/** Tells the simulator's server how the company's systems do from now on; what is not named is up. */
export async function setCrmConditions(conditions: CrmConditions): Promise<void> {
  await fetch('/crms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(conditions),
  }).catch(() => undefined);
}
