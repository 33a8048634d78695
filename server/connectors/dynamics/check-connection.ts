import type { CheckReport } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import { type Api, tooBroad } from './api.ts';
import { columnOf, defaultFields } from './card-fields.ts';
import type { Parts } from './parts.ts';
import { queryByPhone } from './query.ts';

/** Each table with its key and what does not work without the right to read it. */
const requiredTables = [
  ['contacts', 'contactid', 'people can be neither found nor shown'],
  ['accounts', 'accountid', 'companies can be neither found nor shown'],
  ['incidents', 'incidentid', 'nobody is found by a case number, and no cases are shown'],
  ['activitypointers', 'activityid', 'earlier activities are not shown'],
  ['phonecalls', 'activityid', 'calls cannot be logged'],
  ['tasks', 'activityid', 'chats, texts and e-mails cannot be logged'],
  ['systemusers', 'systemuserid', 'logs do not name the agent’s own user'],
] as const;

const leadTable = ['leads', 'leadid', 'leads can be neither found nor shown'] as const;

/**
 * Read-only, so rights to write are not tested. An unknown column fails the whole card, so each configured column is
 * tested by itself.
 */
export async function checkConnection({ api, settings }: Parts): Promise<Outcome<CheckReport>> {
  const me = await api.whoAmI();
  if (me.kind !== 'found') return me;
  const tables = settings.leads === 'include' ? [...requiredTables, leadTable] : requiredTables;
  const rights = tables.map(async ([set, key, cost]) => {
    const outcome = await api.tryColumns(set, [key]);
    return { outcome, sentence: `The application user may not read the table ${set}: ${cost}.` };
  });
  const columns = Object.entries({ ...defaultFields, ...settings.fields }).map(async ([name, path]) => {
    const set = path.startsWith('account.') ? 'accounts' : 'contacts';
    const outcome = await api.tryColumns(set, [columnOf(path)]);
    const sentence = `The table ${set} has no column ${columnOf(path)} for ${name}: no customer can be shown.`;
    return { outcome: outcome.kind === 'forbidden' ? found([]) : outcome, sentence };
  });
  const [scan, ...tried] = await Promise.all([tryScan(api), ...rights, ...columns]);
  const broken = tried
    .map(({ outcome }) => outcome)
    .find((candidate) => isFailure(candidate) && candidate.kind !== 'forbidden');
  if (broken && isFailure(broken)) return broken;
  const missing = tried.flatMap(({ outcome, sentence }) => (outcome.kind === 'found' ? [] : [sentence]));
  return found({ missing: [...missing, ...scan] });
}

/**
 * A query like that for a caller, for a number nobody has. Other failures are reported by the checks of rights.
 */
async function tryScan(api: Api): Promise<string[]> {
  const filter = queryByPhone({ e164: '+10000000000', countryCode: '1', national: '0000000000', country: undefined }, [
    'telephone1',
  ]);
  const outcome = filter === undefined ? undefined : await api.findCustomers('contact', filter, 1);
  if (outcome?.kind !== 'unavailable' || outcome.reason !== tooBroad.reason) return [];
  return [
    'Dataverse calls the search for a phone number too expensive: callers are often not found by their number. ' +
      'Fewer records in contacts and accounts help, and so does an index on the phone columns.',
  ];
}
