import type { CheckReport } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import type { AccountData } from './account-data.ts';
import type { ObjectType, Property } from './api.ts';
import { type CustomerKind, objectTypeOf, readFieldPath } from './mapping.ts';
import type { Parts } from './parts.ts';

const rights: { type: ObjectType; scope: string; cost: string }[] = [
  { type: 'contacts', scope: 'crm.objects.contacts.read', cost: 'customers can be neither found nor shown' },
  { type: 'companies', scope: 'crm.objects.companies.read', cost: 'companies are neither found nor shown' },
  { type: 'tickets', scope: 'tickets', cost: 'nobody is found by a ticket’s number, and no tickets are shown' },
  { type: 'calls', scope: 'crm.objects.contacts.read', cost: 'earlier calls are not shown, and nothing can be logged' },
];

/** Read-only, so rights to write are not tested. */
export async function checkConnection({ api, account, settings }: Parts): Promise<Outcome<CheckReport>> {
  const { fields, callKeyProperty, auth } = settings;
  const [owners, stages, fieldsOfPeople, fieldsOfCompanies, key, ...records] = await Promise.all([
    api.tryOwners(),
    api.listTicketStages(),
    listProperties(account, 'contact', fields),
    listProperties(account, 'company', fields),
    callKeyProperty === undefined ? found(undefined) : api.readProperty('calls', callKeyProperty),
    ...rights.map(({ type }) => api.tryRecords(type)),
  ]);
  const outcomes: Outcome<unknown>[] = [...records, owners, stages, fieldsOfPeople, fieldsOfCompanies, key];
  const failure = outcomes.filter(isFailure).find(({ kind }) => kind !== 'forbidden');
  if (failure) return failure;
  const lacks = (outcome: Outcome<unknown> | undefined, sentence: string) =>
    outcome?.kind === 'forbidden' ? [sentence] : [];
  return found({
    missing: [
      ...rights.flatMap(({ type, scope, cost }, index) =>
        lacks(records[index], `The key may not read ${type} (scope ${scope}): ${cost}.`),
      ),
      ...lacks(owners, 'The key lacks the scope crm.objects.owners.read: owners and agents are not named.'),
      ...lacks(stages, 'The key may not read ticket pipelines: a ticket counts as closed by its closing date alone.'),
      ...describeFields('contact', fields, fieldsOfPeople),
      ...describeFields('company', fields, fieldsOfCompanies),
      ...describeKey(callKeyProperty, key),
    ],
    ...(auth === 'private-app' && {
      summary: 'Private apps cannot be made any more since 2026-10-26; this one goes on. A service key replaces it.',
    }),
  });
}

function wantedOf(kind: CustomerKind, fields: Record<string, string>) {
  return Object.entries(fields).flatMap(([name, path]) => {
    const field = readFieldPath(path);
    return field.kind === kind ? [{ name, property: field.property }] : [];
  });
}

async function listProperties(
  account: AccountData,
  kind: CustomerKind,
  fields: Record<string, string>,
): Promise<Outcome<Property[]>> {
  return wantedOf(kind, fields).length === 0 ? found([]) : account.properties(objectTypeOf(kind));
}

function describeFields(kind: CustomerKind, fields: Record<string, string>, known: Outcome<Property[]>): string[] {
  if (known.kind === 'forbidden') return [`The key may not list the properties of a ${kind}: they were not checked.`];
  const names = known.kind === 'found' ? known.value.map(({ name }) => name) : [];
  return wantedOf(kind, fields)
    .filter(({ property }) => !names.includes(property))
    .map(({ name, property }) => `A ${kind} has no property ${property}: ${name} stays empty on the card.`);
}

function describeKey(name: string | undefined, property: Outcome<Property | undefined>): string[] {
  if (name === undefined) return [];
  if (property.kind === 'forbidden') return [`The key may not read properties of calls: ${name} was not checked.`];
  if (property.kind !== 'found') return [`A call has no property ${name}: calls cannot be logged.`];
  return property.value?.hasUniqueValue ? [] : [`The property ${name} of calls is not unique: calls cannot be logged.`];
}
