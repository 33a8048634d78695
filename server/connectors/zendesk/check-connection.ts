import type { CheckReport } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import type { Parts } from './parts.ts';

/** Read-only, so rights to write are not tested. */
export async function checkConnection({ api, settings }: Parts): Promise<Outcome<CheckReport>> {
  const me = await api.readMe();
  if (me.kind !== 'found') return me;
  // Without valid credentials Zendesk returns an anonymous user.
  if (!me.value.id) return { kind: 'unauthenticated' };
  const { auth, fields, phoneFields } = settings;
  const wanted = Object.entries(fields);
  const userKeys = [
    ...wanted.flatMap(([name, path]) => keyOf(path, 'user_fields', `${name} stays empty on the card`)),
    ...phoneFields.map((key) => ({ key, cost: 'nobody is found by the phone numbers in it' })),
  ];
  const companyKeys = wanted.flatMap(([name, path]) =>
    keyOf(path, 'organization_fields', `${name} stays empty on the card`),
  );
  const noKeys: Outcome<string[]> = found([]);
  const [users, tickets, organizations, userFields, companyFields] = await Promise.all([
    api.searchUsers('role:end-user', 1),
    api.tryTickets(),
    api.tryOrganizations(),
    userKeys.length > 0 ? api.listUserFields() : noKeys,
    companyKeys.length > 0 ? api.listOrganizationFields() : noKeys,
  ]);
  const rights = [
    { outcome: users, scope: 'users:read', cost: 'customers can be neither found nor shown' },
    { outcome: tickets, scope: 'tickets:read', cost: 'cases are neither found nor shown, and nothing can be logged' },
    { outcome: organizations, scope: 'organizations:read', cost: 'the company of a customer is not shown' },
  ];
  const outcomes: Outcome<unknown>[] = [users, tickets, organizations, userFields, companyFields];
  const failure = outcomes.filter(isFailure).find(({ kind }) => kind !== 'forbidden');
  if (failure) return failure;
  return found({
    missing: [
      ...(me.value.role === 'end-user'
        ? ['The credentials belong to an end user: customers can only be found by an agent or admin.']
        : []),
      ...rights.flatMap(({ outcome, scope, cost }) =>
        outcome.kind === 'forbidden' ? [`The credentials lack the right ${scope}: ${cost}.`] : [],
      ),
      ...describeFields('user', userKeys, userFields),
      ...describeFields('organization', companyKeys, companyFields),
      ...(auth === 'api-token'
        ? ['API tokens end on 2027-04-30: make a confidential OAuth client before, and choose oauth.']
        : []),
    ],
  });
}

type WantedField = { key: string; cost: string };

function keyOf(path: string, place: string, cost: string): WantedField[] {
  return path.startsWith(`${place}.`) ? [{ key: path.slice(place.length + 1), cost }] : [];
}

function describeFields(kind: string, wanted: WantedField[], outcome: Outcome<string[]>): string[] {
  if (outcome.kind === 'forbidden') return [`The credentials may not list ${kind} fields: they were not checked.`];
  const known = outcome.kind === 'found' ? outcome.value : [];
  return wanted
    .filter(({ key }) => !known.includes(key))
    .map(({ key, cost }) => `There is no ${kind} field ${key}: ${cost}.`);
}
