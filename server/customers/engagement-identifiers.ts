/**
 * The identifiers of an engagement, in the order in which they decide: a case number gathered by the flow, which says
 * what the call is about; an account number; what the channel knows of the consumer; a phone or e-mail that the flow
 * gathered; last the id that Zoom gives the consumer, which has hits only where an agent linked the same id before.
 *
 * In a conference every consumer is tried, in Zoom's order, which begins with the consumer the engagement began with. A
 * later consumer decides only if the earlier ones have no hit. Otherwise it is shown as disagreeing if it has hits, but
 * none on the deciding customer (match.ts).
 *
 * An empty value is no identifier. A withheld or unreadable one is: the panel shows why it was not looked up.
 */
import type { Evidence, HitRule, IdentifierKind, IdentifierOrigin } from '#contract/customers.ts';
import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import { isFoldedEmail, normalizeEmail } from './identifiers/email.ts';
import { normalizeCaseNumber } from './identifiers/number.ts';
import { parseCallerNumber } from './identifiers/phone.ts';

/** Evidence before the look-up. `rule`: why the value as received differs from the normalized one. */
export type EngagementIdentifier = Omit<Evidence, 'hits' | 'sharedBy' | 'disagrees'> & { rule?: HitRule };

type RawIdentifier = { kind: IdentifierKind; origin: IdentifierOrigin; raw: string; variable?: string };

/**
 * A flow may carry hundreds of variables. Reading one costs up to a millisecond and every identifier a query; real
 * engagements have one to three.
 */
const maxParsed = 30;
const maxIdentifiers = 10;

const caseVariables = new Set(['case', 'caseid', 'casenumber', 'caseno', 'ticket', 'ticketid', 'ticketnumber']);
const accountVariables = new Set([
  'account',
  'accountid',
  'accountnumber',
  'accountno',
  'customerid',
  'customernumber',
  'customerno',
  'clientnumber',
  'membernumber',
  'memberid',
  'policynumber',
  'contractnumber',
]);

/** A number or address that the flow asked the caller for, or that a script sent. */
const phoneVariables = new Set([
  'phone',
  'phonenumber',
  'telephone',
  'mobile',
  'mobilenumber',
  'mobilephone',
  'cellphone',
  'callernumber',
  'callerphone',
  'customerphone',
  'consumernumber',
  'contactnumber',
  'callbacknumber',
]);
const emailVariables = new Set([
  'email',
  'emailaddress',
  'calleremail',
  'customeremail',
  'consumeremail',
  'contactemail',
]);

export function listIdentifiers(facts: EngagementFacts, defaultCountry?: string): EngagementIdentifier[] {
  const distinct = new Map<string, EngagementIdentifier>();
  for (const rawIdentifier of listRawIdentifiers(facts)) {
    const identifier = { ...rawIdentifier, ...normalize(rawIdentifier, defaultCountry) };
    const key = JSON.stringify([identifier.kind, identifier.normalized ?? identifier.raw]);
    if (!distinct.has(key)) distinct.set(key, identifier);
    if (distinct.size === maxIdentifiers) break;
  }
  return [...distinct.values()];
}

/** The values that `listIdentifiers` parses: from equal lists it makes equal identifiers, in any default country. */
export function listRawIdentifiers(facts: EngagementFacts): RawIdentifier[] {
  const distinct = new Map<string, RawIdentifier>();
  const found = [
    ...findGathered(facts),
    ...findConsumers(facts),
    ...findGatheredContacts(facts),
    ...findConsumerIds(facts),
  ];
  for (const rawIdentifier of found) {
    const key = JSON.stringify([rawIdentifier.kind, rawIdentifier.raw]);
    if (rawIdentifier.raw.trim() !== '' && !distinct.has(key)) distinct.set(key, rawIdentifier);
  }
  return [...distinct.values()].slice(0, maxParsed);
}

function findGathered(facts: EngagementFacts): RawIdentifier[] {
  const cases = findVariables(facts, (name) => caseVariables.has(name));
  const accounts = findVariables(facts, (name) => accountVariables.has(name));
  return [
    ...cases.map((found): RawIdentifier => ({ kind: 'case', ...found })),
    ...accounts.map((found): RawIdentifier => ({ kind: 'account', ...found })),
  ];
}

/** Zoom's own variables are left out: their phones and e-mails are those of agents and queues. */
function findGatheredContacts(facts: EngagementFacts): RawIdentifier[] {
  const custom = { variables: (facts.variables ?? []).filter(({ name }) => !/^\s*global[\s_-]?system\./i.test(name)) };
  const phones = findVariables(custom, (name) => phoneVariables.has(name));
  const emails = findVariables(custom, (name) => emailVariables.has(name));
  return [
    ...phones.map((found): RawIdentifier => ({ kind: 'phone', ...found })),
    ...emails.map((found): RawIdentifier => ({ kind: 'email', ...found })),
  ];
}

function findConsumerIds(facts: EngagementFacts): RawIdentifier[] {
  return (facts.consumers ?? []).map(({ id = '' }) => ({ kind: 'consumer', origin: 'zoom', raw: id }));
}

function findConsumers(facts: EngagementFacts): RawIdentifier[] {
  const channel = channelOf(facts);
  const consumers = facts.consumers ?? [];
  const phones = consumers.map(
    (consumer): RawIdentifier => ({
      kind: 'phone',
      origin: 'caller-id',
      raw: consumer.number ?? '',
    }),
  );
  const emails = consumers.map(
    (consumer): RawIdentifier => ({
      kind: 'email',
      origin: channel === 'email' ? 'sender' : 'self-declared',
      raw: consumer.email ?? '',
    }),
  );
  const calling = phones.some((phone) => phone.raw.trim() !== '') ? phones : findCallerInFlow(facts);
  switch (channel) {
    case 'voice':
    case 'sms':
      return calling;
    case 'email':
    case 'chat':
    case 'video':
      return emails;
    case 'social':
    case 'other':
      return [...calling, ...emails];
  }
}

function findCallerInFlow(facts: EngagementFacts): RawIdentifier[] {
  return findVariables(facts, (name) => name === 'ani').map((found) => ({ kind: 'phone', ...found }));
}

/** Names look like `global_custom.Custom.case_number`; the last segment, in any spelling, is the variable's own. */
function findVariables(facts: Pick<EngagementFacts, 'variables'>, isWanted: (name: string) => boolean) {
  return (facts.variables ?? [])
    .filter((variable) =>
      isWanted(
        variable.name
          .slice(variable.name.lastIndexOf('.') + 1)
          .replace(/[\s_-]/g, '')
          .toLowerCase(),
      ),
    )
    .map((variable) => ({ origin: 'flow' as const, raw: variable.value, variable: variable.name }));
}

function normalize(
  { kind, raw }: RawIdentifier,
  defaultCountry?: string,
): Pick<EngagementIdentifier, 'normalized' | 'notLookedUp' | 'assumed' | 'rule'> {
  if (kind === 'phone') {
    const phone = parseCallerNumber(raw, defaultCountry);
    if (phone.kind !== 'phone') return { normalized: null, notLookedUp: phone.reason };
    const { e164: normalized, assumed, rule } = phone;
    return { normalized, ...(assumed && { assumed }), ...(rule && { rule }) };
  }
  // Zoom's ids are case-sensitive.
  if (kind === 'consumer') return { normalized: raw };
  // Case and account numbers are normalized alike.
  const normalized = kind === 'email' ? normalizeEmail(raw) : normalizeCaseNumber(raw);
  if (normalized === null) return { normalized, notLookedUp: 'unreadable' };
  return { normalized, ...(kind === 'email' && isFoldedEmail(raw) && { rule: 'folded-case' }) };
}
