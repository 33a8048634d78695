/**
 * The contact center's own numbers (queues, entry points, agents' direct numbers). They identify no customer,
 * even if a source stores one as a customer's: they are not looked up, and records are not merged by them.
 *
 * Own are the numbers of the setting OWN_NUMBERS, those learned from inbound engagements (own-number-registry.ts), and
 * the flow number of the engagement itself.
 */
import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import type { EngagementIdentifier } from './engagement-identifiers.ts';
import { parseCallerNumber, parsePhone } from './identifiers/phone.ts';

/** Of one account, in E.164. Never changes: another set has another `revision`. */
export type OwnNumbers = { has(e164: string): boolean; revision: number };

export const noOwnNumbers: OwnNumbers = { has: () => false, revision: 0 };

export type IsOwnNumber = (e164: string) => boolean;

/** `country`: in which the engagement's identifiers are read. */
export function createOwnNumberTest(facts: EngagementFacts, ownNumbers: OwnNumbers, country?: string): IsOwnNumber {
  const flowNumbers = listReadings(facts.flowNumber ?? '', country);
  if (flowNumbers.length === 0 || isOnlyConsumer(facts, flowNumbers, country)) return ownNumbers.has;
  return (e164) => flowNumbers.includes(e164) || ownNumbers.has(e164);
}

/**
 * Own numbers among the phones are not looked up, nor is Zoom's id of a consumer who calls from one: every call that is
 * forwarded through the number has it. Returns the same list if there is none.
 */
export function markOwnNumbers(
  identifiers: EngagementIdentifier[],
  facts: EngagementFacts,
  isOwnNumber: IsOwnNumber,
  country?: string,
): EngagementIdentifier[] {
  const isOwn = ({ kind, normalized }: EngagementIdentifier) => {
    if (normalized === null) return false;
    if (kind === 'phone') return isOwnNumber(normalized);
    return kind === 'consumer' && isOwnConsumer(facts, normalized, isOwnNumber, country);
  };
  if (!identifiers.some(isOwn)) return identifiers;
  return identifiers.map((identifier) => {
    if (!isOwn(identifier)) return identifier;
    const { assumed: _, rule: __, ...rest } = identifier;
    return { ...rest, normalized: null, notLookedUp: 'own-number' as const };
  });
}

function isOwnConsumer(facts: EngagementFacts, id: string, isOwnNumber: IsOwnNumber, country?: string): boolean {
  return (facts.consumers ?? []).some((consumer) => {
    const number = consumer.id === id ? toE164(consumer.number ?? '', country) : undefined;
    return number !== undefined && isOwnNumber(number);
  });
}

/**
 * The numbers among `flowNumbers` that are the contact center's with certainty: dialed in an inbound call or text, not
 * a consumer's, and the same number in `country` as in international digits.
 */
export function listLearnable(facts: EngagementFacts, flowNumbers: string[], country?: string): string[] {
  const channel = channelOf(facts);
  if (!isInbound(facts) || (channel !== 'voice' && channel !== 'sms')) return [];
  const consumers = new Set((facts.consumers ?? []).map(({ number = '' }) => toE164(number, country)));
  const certain = flowNumbers.flatMap((flowNumber) => readCertainNumber(flowNumber, country) ?? []);
  return [...new Set(certain)].filter((e164) => !consumers.has(e164));
}

/** E.164 of a whole number that has one reading only. */
export function readCertainNumber(raw: string, country?: string): string | undefined {
  const readings = listReadings(raw, country);
  return readings.length === 1 ? readings[0] : undefined;
}

/** E.164. Zoom writes digits without a plus, which may be a national number in `country` as well. */
function listReadings(raw: string, country?: string): string[] {
  const phone = parseCallerNumber(raw, country);
  if (phone.kind !== 'phone' || phone.extension !== undefined) return [];
  const international = phone.assumed === 'directory-country' ? parsePhone(`+${raw.replace(/\D/g, '')}`) : phone;
  return [...new Set([phone, international].flatMap((each) => (each.kind === 'phone' ? each.e164 : [])))];
}

/**
 * The SDK may report the number that was dialed, which in an outbound call is the consumer's. In an inbound call it is
 * the contact center's, even if it calls itself.
 */
function isOnlyConsumer(facts: EngagementFacts, flowNumbers: string[], country?: string): boolean {
  if (isInbound(facts)) return false;
  const numbers = (facts.consumers ?? []).flatMap(({ number = '' }) => toE164(number, country) ?? []);
  return numbers.length > 0 && numbers.every((number) => flowNumbers.includes(number));
}

function isInbound({ direction }: EngagementFacts): boolean {
  return direction?.toLowerCase() === 'inbound';
}

function toE164(raw: string, country?: string): string | undefined {
  const phone = parseCallerNumber(raw, country);
  return phone.kind === 'phone' ? phone.e164 : undefined;
}
