import type { AccountHit, CaseHit, CustomerSummary, Mailbox, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { holdsAddress, holdsMailbox, joinMailbox, listSpellings } from '../port/mailbox.ts';
import {
  foundAny,
  isFailure,
  itemsOf,
  joinFound,
  mapFound,
  mapItems,
  notFound,
  type Outcome,
} from '../port/outcome.ts';
import { listNationals, mayHaveNumber } from '../port/phone-digits.ts';
import { listTurkishSpellings } from '../port/turkish-spellings.ts';
import type { SalesforceRecord } from './api.ts';
import { endsWithNumber, readText, summaryFields, toSummaries } from './mapping.ts';
import type { Parts } from './parts.ts';
import {
  and,
  findInIndex,
  or,
  quote,
  quoteAll,
  quoteBeginning,
  quoteMailbox,
  select,
  toAddressTerm,
  toCaseNumbers,
  toNameTerms,
  toPhonePattern,
  toPhoneTerms,
} from './query.ts';
import { isRecordId, type RecordKind } from './record-kinds.ts';

/** Rows of one list, whatever limit is requested. */
const maxRows = 200;
/** ms. A scan of a large organization takes Salesforce up to two minutes. */
const scanDeadline = 5_000;
/** People of one company among whom an agent can choose; a larger company is itself the hit. */
const maxPeople = 10;
/** Spellings of a mailbox in one search: the request line must stay short. */
const maxSpellings = 50;

/**
 * Searches the index first. How it splits numbers is not documented, so it receives several forms of the number. If no
 * result ends in the number's digits, the phone fields are scanned with a pattern, which matches every spelling but is
 * slow.
 */
export async function findByPhone(
  phone: PhoneNumber,
  limit: number,
  { api, settings, kinds }: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  // Links a contact to its company, so that `toCustomers` can drop the company.
  const fieldsOf = (kind: RecordKind) => [...summaryFields(kind), ...(kind.name === 'Contact' ? ['AccountId'] : [])];
  const rowLimit = Math.min(limit, maxRows);
  const returning = kinds.map((kind) => ({ kind: kind.name, fields: fieldsOf(kind), condition: kind.condition }));
  const indexed = await api.search(findInIndex(toPhoneTerms(phone), 'OR', 'PHONE', returning, rowLimit));
  if (indexed.kind !== 'found') return indexed;
  const hasHit = toSummaries(indexed.value, kinds).some((summary) => endsWithNumber(summary, phone));
  if (!hasHit && settings.phoneSearch === 'index' && isFull(indexed, rowLimit, kinds)) return tooMany;
  if (hasHit || settings.phoneSearch === 'index') return foundAny(toCustomers(indexed.value, phone, kinds));

  const patterns = listNationals(phone).map(toPhonePattern);
  const scans = kinds.map((kind) => {
    const matches = or(kind.phones.flatMap((field) => patterns.map((pattern) => `${field} LIKE ${pattern}`)));
    const soql = select(fieldsOf(kind), kind.name, { where: and(matches, kind.condition), limit: rowLimit });
    return [kind.name, api.pathOfQuery(soql)] as const;
  });
  const answers = await api.readTogether(Object.fromEntries(scans), { limit: 'scan', deadlineMs: scanDeadline });
  const lists = kinds.map(({ name }) => answers.records(name));
  const scanned = joinFound(lists);
  if (isFailure(scanned)) return scanned;
  if (lists.some((list) => isCut(list, rowLimit, kinds, (summary) => mayHaveNumber(summary, phone)))) return tooMany;
  // The index results stay: the scan pattern misses numbers whose domestic digits differ from the international ones.
  return foundAny(toCustomers([...indexed.value, ...itemsOf(scanned)], phone, kinds));
}

/** Leaves out the companies of people who have the number themselves: the person is the customer. */
function toCustomers(records: SalesforceRecord[], phone: PhoneNumber, kinds: RecordKind[]): CustomerSummary[] {
  const companyIds = records
    .filter((record) => toSummaries([record], kinds).some((summary) => endsWithNumber(summary, phone)))
    .map((record) => readText(record, 'AccountId'));
  return toSummaries(records, kinds).filter(({ id }) => !companyIds.includes(id));
}

/** A full list with few hits may hide others, so "not found" would be a guess. */
function isCut(
  list: Outcome<SalesforceRecord[]>,
  limit: number,
  kinds: RecordKind[],
  isHit: (summary: CustomerSummary) => boolean,
): boolean {
  const records = itemsOf(list);
  return records.length >= limit && toSummaries(records, kinds).filter(isHit).length < limit;
}

/** Whether a search may have left out records of a kind. */
function isFull(found: Outcome<SalesforceRecord[]>, limit: number, kinds: RecordKind[]): boolean {
  const types = itemsOf(found).map(({ attributes }) => attributes.type);
  return kinds.some(({ name }) => types.filter((type) => type === name).length >= limit);
}

const tooMany = { kind: 'invalid', reason: 'too-many' } as const;

type EmailQuery = { email: string; limit: number; mailbox: Mailbox | undefined };

/**
 * Fields that are the address, and with `mailbox` those of the same mailbox. If there are none, fields that hold the
 * address among others: the index has it as a phrase.
 */
export async function findByEmail(
  { email, limit, mailbox }: EmailQuery,
  partsFor: (kind: 'lookup' | 'mailbox' | 'inside') => Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const [exact, others] = await Promise.all([
    findByExactEmail(email, Math.min(limit, maxRows), partsFor('lookup')),
    mailbox ? findByMailbox(mailbox, partsFor('mailbox')) : notFound,
  ]);
  const { kinds } = partsFor('lookup');
  const isHolder = (summary: CustomerSummary) => holdsAddress(summary, email, mailbox);
  const holders = mailbox ? joinMailbox(pick(exact, isHolder), others) : exact;
  if (holders.kind !== 'not-found') return holders;

  const locals = mailbox === undefined ? [] : listSpellings(mailbox, maxSpellings);
  const addresses = locals.flatMap((local) => (mailbox?.domains ?? []).map((domain) => `${local}@${domain}`));
  const terms = [...new Set([email, ...addresses])].flatMap((address) => toAddressTerm(address) ?? []);
  if (terms.length === 0) return notFound;
  const returning = kinds
    .filter(({ emails }) => emails.length > 0)
    .map((kind) => ({ kind: kind.name, fields: summaryFields(kind), condition: kind.condition }));
  const indexed = await partsFor('inside').api.search(findInIndex(terms, 'OR', 'EMAIL', returning, maxRows));
  if (indexed.kind !== 'found') return indexed;
  const hits = toSummaries(indexed.value, kinds).filter(isHolder);
  return hits.length === 0 && isFull(indexed, maxRows, kinds) ? tooMany : foundAny(hits);
}

async function findByExactEmail(email: string, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  const spellings = listTurkishSpellings(email);
  const isEmail = spellings.length === 1 ? `= ${quote(email)}` : `IN ${quoteAll(spellings)}`;
  const records = joinFound(await selectByEmail([isEmail], summaryFields, limit, parts));
  return mapFound(records, (list) => toSummaries(list, parts.kinds));
}

/** A pattern also matches the addresses of others. */
async function findByMailbox(mailbox: Mailbox, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  const { kinds } = parts;
  const isHit = (summary: CustomerSummary) => holdsMailbox(summary, mailbox);
  const lists = await selectByEmail([`LIKE ${quoteMailbox(mailbox)}`], summaryFields, maxRows, parts);
  const records = joinFound(lists);
  if (isFailure(records)) return records;
  if (lists.some((list) => isCut(list, maxRows, kinds, isHit))) return tooMany;
  return foundAny(toSummaries(itemsOf(records), kinds).filter(isHit));
}

function pick(
  summaries: Outcome<CustomerSummary[]>,
  isHit: (summary: CustomerSummary) => boolean,
): Outcome<CustomerSummary[]> {
  return mapItems(summaries, (summary) => (isHit(summary) ? [summary] : []));
}

export async function findByCase(number: string, limit: number, { api }: Parts): Promise<Outcome<CaseHit[]>> {
  const fields = ['CaseNumber', 'ContactId', 'Contact.Name', 'AccountId', 'Account.Name'];
  const where = `CaseNumber IN ${quoteAll(toCaseNumbers(number))}`;
  const cases = await api.query(select(fields, 'Case', { where, limit: Math.min(limit, maxRows) }));
  if (cases.kind !== 'found') return cases;
  return foundAny(
    cases.value.flatMap((record) => {
      const stored = readText(record, 'CaseNumber');
      const customer =
        readReference(record, 'ContactId', 'Contact.Name') ?? readReference(record, 'AccountId', 'Account.Name');
      return stored !== undefined && customer ? [{ number: stored, customer }] : [];
    }),
  );
}

/** The people of the company if there are at most `maxPeople`, else the company. */
export async function findByAccount(number: string, limit: number, { api }: Parts): Promise<Outcome<AccountHit[]>> {
  const peopleQuery = select(['Id', 'Name', 'AccountId', 'Account.AccountNumber'], 'Contact', {
    where: `Account.AccountNumber = ${quote(number)}`,
    limit: maxPeople + 1,
  });
  const companiesQuery = select(['Id', 'Name', 'AccountNumber'], 'Account', {
    where: `AccountNumber = ${quote(number)}`,
    limit: Math.min(limit, maxRows),
  });
  const answers = await api.readTogether({
    people: api.pathOfQuery(peopleQuery),
    companies: api.pathOfQuery(companiesQuery),
  });
  const lists = [answers.records('people'), answers.records('companies')];
  const failure = lists.find(isFailure);
  if (failure) return failure;
  const [people = [], companies = []] = lists.map(itemsOf);
  const hits = people.length > maxPeople ? [] : people;
  const companiesWithoutHit = companies.filter((company) => {
    return !hits.some((person) => readText(person, 'AccountId') === readText(company, 'Id'));
  });
  return foundAny([
    ...hits.flatMap((record) => toAccountHit(record, 'Account.AccountNumber')),
    ...companiesWithoutHit.flatMap((record) => toAccountHit(record, 'AccountNumber')),
  ]);
}

/** Ids, of people before companies. */
export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const rowLimit = Math.min(limit, maxRows);
  const records =
    kind === 'name' ? await searchByName(text, rowLimit, parts) : await searchByEmail(text, rowLimit, parts);
  if (records.kind !== 'found') return records;
  return foundAny(records.value.flatMap((record) => readText(record, 'Id') ?? []).slice(0, limit));
}

function searchByName(text: string, limit: number, { api, kinds }: Parts) {
  const terms = toNameTerms(text);
  if (terms.length === 0) return notFound;
  const returning = kinds.map(({ name, condition }) => ({ kind: name, fields: ['Id'], condition }));
  return api.search(findInIndex(terms, 'AND', 'NAME', returning, limit));
}

async function searchByEmail(text: string, limit: number, parts: Parts) {
  const beginning = text.trim();
  if (beginning === '') return notFound;
  return joinFound(await selectByEmail([`LIKE ${quoteBeginning(beginning)}`], () => ['Id'], limit, parts));
}

/** One list per kind of record. */
async function selectByEmail(
  comparisons: string[],
  fieldsOf: (kind: RecordKind) => string[],
  limit: number,
  { api, kinds }: Parts,
): Promise<Outcome<SalesforceRecord[]>[]> {
  const selects = kinds.flatMap((kind) => {
    const matches = or(kind.emails.flatMap((field) => comparisons.map((comparison) => `${field} ${comparison}`)));
    const soql = select(fieldsOf(kind), kind.name, { where: and(matches, kind.condition), limit });
    return kind.emails.length > 0 ? [[kind.name, api.pathOfQuery(soql)] as const] : [];
  });
  const answers = await api.readTogether(Object.fromEntries(selects));
  return selects.map(([name]) => answers.records(name));
}

function toAccountHit(record: SalesforceRecord, path: string): AccountHit[] {
  const number = readText(record, path);
  const customer = readReference(record, 'Id', 'Name');
  return number !== undefined && customer ? [{ number, customer }] : [];
}

/** A case or account number identifies this customer, so no phone or e-mail is needed to verify the hit. */
function readReference(record: SalesforceRecord, idPath: string, namePath: string): CustomerSummary | undefined {
  const id = readText(record, idPath);
  if (id === undefined || !isRecordId(id)) return undefined;
  return { id, name: readText(record, namePath) ?? '', phones: [], emails: [] };
}
