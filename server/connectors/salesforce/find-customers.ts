import type { AccountHit, CaseHit, CustomerSummary, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { foundAny, isFailure, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, SalesforceRecord } from './api.ts';
import { endsWithDigits, readText, summaryFields, toCaseNumbers, toSummaries } from './mapping.ts';
import {
  and,
  findInIndex,
  or,
  quote,
  quoteAll,
  quoteBeginning,
  select,
  toNameTerms,
  toPhonePattern,
  toPhoneTerms,
} from './query.ts';
import { isRecordId, type RecordKind } from './record-kinds.ts';

export type FindParts = { api: Api; kinds: RecordKind[] };

/** No list is longer, whatever is wanted. */
const most = 200;
/** ms. Reading every record of a large organisation takes Salesforce up to two minutes. */
const scanDeadline = 5_000;
/** Agents choose among so many people of a company; of more, the company itself is told. */
const mostPeople = 10;

/**
 * The index first: fast, but how it splits numbers is not documented, so it is asked for several forms. If it names nobody
 * whose digits end in the number, fields are read through by a pattern, which meets every spelling and is slow.
 */
export async function findByPhone(
  phone: PhoneNumber,
  limit: number,
  mayScan: boolean,
  { api, kinds }: FindParts,
): Promise<Outcome<CustomerSummary[]>> {
  // A company's record is not asked which company it belongs to.
  const fieldsOf = (kind: RecordKind) => [...summaryFields(kind), ...(kind.name === 'Contact' ? ['AccountId'] : [])];
  const atMost = Math.min(limit, most);
  const returning = kinds.map((kind) => ({ kind: kind.name, fields: fieldsOf(kind), condition: kind.condition }));
  const indexed = await api.search(findInIndex(toPhoneTerms(phone), 'OR', 'PHONE', returning, atMost));
  if (indexed.kind !== 'found') return indexed;
  const isMet = toSummaries(indexed.value, kinds).some((one) => endsWithDigits(one, phone.national));
  if (isMet || !mayScan) return foundAny(toCustomers(indexed.value, phone, kinds));

  const pattern = toPhonePattern(phone);
  const scans = kinds.map((kind) => {
    const holds = or(kind.phones.map((field) => `${field} LIKE ${pattern}`));
    const soql = select(fieldsOf(kind), kind.name, { where: and(holds, kind.condition), limit: atMost });
    return [kind.name, api.pathOfQuery(soql)] as const;
  });
  const answers = await api.together(Object.fromEntries(scans), { limit: 'scan', deadlineMs: scanDeadline });
  const scanned = joinFound(kinds.map(({ name }) => answers.records(name)));
  if (isFailure(scanned)) return scanned;
  // Some numbers have other digits at home than abroad: in that form only the index was asked for them.
  return foundAny(toCustomers([...indexed.value, ...itemsOf(scanned)], phone, kinds));
}

/** Without the companies of those who hold the number themselves: the person is the customer. */
function toCustomers(records: SalesforceRecord[], { national }: PhoneNumber, kinds: RecordKind[]): CustomerSummary[] {
  const companies = records
    .filter((record) => toSummaries([record], kinds).some((one) => endsWithDigits(one, national)))
    .map((record) => readText(record, 'AccountId'));
  return toSummaries(records, kinds).filter(({ id }) => !companies.includes(id));
}

export async function findByEmail(
  email: string,
  limit: number,
  { api, kinds }: FindParts,
): Promise<Outcome<CustomerSummary[]>> {
  const records = await selectByEmail(`= ${quote(email)}`, summaryFields, Math.min(limit, most), { api, kinds });
  return mapFound(records, (those) => toSummaries(those, kinds));
}

/** Ids, of people before companies. */
export async function search({ kind, text }: SearchQuery, limit: number, parts: FindParts): Promise<Outcome<string[]>> {
  const atMost = Math.min(limit, most);
  const records = kind === 'name' ? await searchByName(text, atMost, parts) : await searchByEmail(text, atMost, parts);
  if (records.kind !== 'found') return records;
  return foundAny(records.value.flatMap((record) => readText(record, 'Id') ?? []).slice(0, limit));
}

function searchByName(text: string, limit: number, { api, kinds }: FindParts) {
  const terms = toNameTerms(text);
  if (terms.length === 0) return notFound;
  const returning = kinds.map(({ name, condition }) => ({ kind: name, fields: ['Id'], condition }));
  return api.search(findInIndex(terms, 'AND', 'NAME', returning, limit));
}

function searchByEmail(text: string, limit: number, parts: FindParts) {
  const beginning = text.trim();
  return beginning === '' ? notFound : selectByEmail(`LIKE ${quoteBeginning(beginning)}`, () => ['Id'], limit, parts);
}

async function selectByEmail(
  comparison: string,
  fieldsOf: (kind: RecordKind) => string[],
  limit: number,
  { api, kinds }: FindParts,
): Promise<Outcome<SalesforceRecord[]>> {
  const selects = kinds.flatMap((kind) => {
    const isMet = or(kind.emails.map((field) => `${field} ${comparison}`));
    const soql = select(fieldsOf(kind), kind.name, { where: and(isMet, kind.condition), limit });
    return kind.emails.length > 0 ? [[kind.name, api.pathOfQuery(soql)] as const] : [];
  });
  const answers = await api.together(Object.fromEntries(selects));
  return joinFound(selects.map(([name]) => answers.records(name)));
}

export async function findByCase(number: string, limit: number, { api }: FindParts): Promise<Outcome<CaseHit[]>> {
  const fields = ['CaseNumber', 'ContactId', 'Contact.Name', 'AccountId', 'Account.Name'];
  const where = `CaseNumber IN ${quoteAll(toCaseNumbers(number))}`;
  const cases = await api.query(select(fields, 'Case', { where, limit: Math.min(limit, most) }));
  if (cases.kind !== 'found') return cases;
  return foundAny(
    cases.value.flatMap((record) => {
      const written = readText(record, 'CaseNumber');
      const customer = refer(record, 'ContactId', 'Contact.Name') ?? refer(record, 'AccountId', 'Account.Name');
      return written !== undefined && customer ? [{ number: written, customer }] : [];
    }),
  );
}

/** Its people, where they are few, else the company. */
export async function findByAccount(number: string, limit: number, { api }: FindParts): Promise<Outcome<AccountHit[]>> {
  const people = select(['Id', 'Name', 'AccountId', 'Account.AccountNumber'], 'Contact', {
    where: `Account.AccountNumber = ${quote(number)}`,
    limit: mostPeople + 1,
  });
  const companies = select(['Id', 'Name', 'AccountNumber'], 'Account', {
    where: `AccountNumber = ${quote(number)}`,
    limit: Math.min(limit, most),
  });
  const answers = await api.together({ people: api.pathOfQuery(people), companies: api.pathOfQuery(companies) });
  const both = [answers.records('people'), answers.records('companies')];
  const failure = both.find(isFailure);
  if (failure) return failure;
  const [persons = [], found = []] = both.map(itemsOf);
  const named = persons.length > mostPeople ? [] : persons;
  const others = found.filter((company) => {
    return !named.some((person) => readText(person, 'AccountId') === readText(company, 'Id'));
  });
  return foundAny([
    ...named.flatMap((record) => toAccountHit(record, 'Account.AccountNumber')),
    ...others.flatMap((record) => toAccountHit(record, 'AccountNumber')),
  ]);
}

function toAccountHit(record: SalesforceRecord, path: string): AccountHit[] {
  const number = readText(record, path);
  const customer = refer(record, 'Id', 'Name');
  return number !== undefined && customer ? [{ number, customer }] : [];
}

/** Whoever is met by another's number needs a name, and nothing to be verified by. */
function refer(record: SalesforceRecord, idPath: string, namePath: string): CustomerSummary | undefined {
  const id = readText(record, idPath);
  if (id === undefined || !isRecordId(id)) return undefined;
  return { id, name: readText(record, namePath) ?? '', phones: [], emails: [] };
}

function itemsOf(outcome: Outcome<SalesforceRecord[]>): SalesforceRecord[] {
  return outcome.kind === 'found' ? outcome.value : [];
}
