import type { CheckReport } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import type { Api } from './api.ts';
import { columnOf, usualFields } from './card-fields.ts';

/** Tables that are read, and what it costs when they may not be. */
const read = [
  ['contacts', 'contactid', 'people can be neither found nor shown'],
  ['accounts', 'accountid', 'companies can be neither found nor shown'],
  ['incidents', 'incidentid', 'nobody is found by a case number, and no cases are shown'],
  ['activitypointers', 'activityid', 'earlier activities are not shown'],
  ['phonecalls', 'activityid', 'calls cannot be logged'],
  ['tasks', 'activityid', 'chats, texts and e-mails cannot be logged'],
  ['systemusers', 'systemuserid', 'logs do not name the agent’s own user'],
] as const;

const leads = ['leads', 'leadid', 'leads can be neither found nor shown'] as const;

/**
 * Rights to read are tried by reading; rights to write could be tried only by writing. A column that does not exist fails
 * the whole card, so each configured one is tried by itself.
 */
export async function checkConnection(
  api: Api,
  settings: { fields: Record<string, string>; leads: 'ignore' | 'include' },
): Promise<Outcome<CheckReport>> {
  const me = await api.whoAmI();
  if (me.kind !== 'found') return me;
  const tables = settings.leads === 'include' ? [...read, leads] : read;
  const rights = tables.map(async ([set, key, cost]) => {
    const outcome = await api.tryColumns(set, [key]);
    return { outcome, sentence: `The application user may not read the table ${set}: ${cost}.` };
  });
  const columns = Object.entries({ ...usualFields, ...settings.fields }).map(async ([name, path]) => {
    const set = path.startsWith('account.') ? 'accounts' : 'contacts';
    const outcome = await api.tryColumns(set, [columnOf(path)]);
    const sentence = `The table ${set} has no column ${columnOf(path)} for ${name}: no customer can be shown.`;
    return { outcome: outcome.kind === 'forbidden' ? found([]) : outcome, sentence };
  });
  const tried = await Promise.all([...rights, ...columns]);
  const broken = tried
    .map(({ outcome }) => outcome)
    .find((candidate) => isFailure(candidate) && candidate.kind !== 'forbidden');
  if (broken && isFailure(broken)) return broken;
  const missing = tried.flatMap(({ outcome, sentence }) => (outcome.kind === 'found' ? [] : [sentence]));
  return found({ missing });
}
