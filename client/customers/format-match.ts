import type { CustomerGroup, Evidence, Match } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { formatList } from '../i18n/format.ts';
import { t } from './messages.ts';

/** The origin of an identifier, as a title. */
export function formatIdentifier({ origin, variable }: Evidence): string {
  switch (origin) {
    case 'caller-id':
      return t('why.callerId');
    case 'sender':
      return t('why.sender');
    case 'self-declared':
      return t('why.selfDeclared');
    case 'zoom':
      return t('why.zoomsId');
    case 'flow':
      return variable === undefined ? t('why.flowUnnamed') : t('why.flow', { variable });
  }
}

/** `Number matches`, `Chosen by you`. */
export function formatRule({ match, link }: CustomerGroup): string {
  if (link.decidedBy === 'agent' || match.kind !== 'matched') return t('match.by.agent');
  const isFromFlow = decidingEvidence(match)?.origin === 'flow';
  if (match.rule === 'case-number' && isFromFlow) return t('match.byFlowCase');
  return isSelfDeclared(match) ? t('match.bySelfDeclared') : t(`match.by.${match.rule}`);
}

/** The deciding identifier was typed by the visitor: a claim, which must not look like a proof. */
export function isSelfDeclared(match: Match): boolean {
  return match.kind === 'matched' && decidingEvidence(match)?.origin === 'self-declared';
}

/** The deciding rule in a sentence. */
export function explainRule({ match, link }: CustomerGroup, sources: readonly SourceStatus[]): string {
  if (link.decidedBy === 'agent') return t('why.rule.agent');
  switch (match.kind) {
    case 'matched':
      return t(`why.rule.${match.rule}`);
    case 'unavailable':
      return t('why.rule.unavailable', { source: failedNames(sources) });
    default:
      return t(`why.rule.${match.kind}`);
  }
}

const kindOfRule = {
  'case-number': 'case',
  'account-number': 'account',
  'caller-id': 'phone',
  email: 'email',
  'seen-before': 'consumer',
} as const;

/** The evidence that decided; undefined when an agent did. */
export function decidingEvidence(match: Match): Evidence | undefined {
  if (match.kind !== 'matched' && match.kind !== 'ambiguous') return undefined;
  if (match.rule === 'agent') return undefined;
  const kind = kindOfRule[match.rule];
  const matchedIds = match.kind === 'matched' ? [match.customerId] : match.customerIds;
  return match.evidence.find(
    (one) => one.kind === kind && one.disagrees !== true && one.hits.some((hit) => matchedIds.includes(hit.customerId)),
  );
}

/** The names of the hits, and how many more there are. */
export function nameHits({ hits, sharedBy }: Evidence): string {
  const names = [...new Map(hits.map((hit) => [hit.customerId, hit.customerName])).values()];
  const rest = sharedBy - names.length;
  if (rest <= 0) return formatList(names);
  return t('why.sharedMore', { names: names.join(', '), count: rest });
}

/** Why an identifier was not looked up, in one sentence. */
export function explainMiss({ notLookedUp }: Evidence): string {
  return notLookedUp === undefined ? '' : t(`why.${notLookedUp}`);
}

/** The number belongs to the linked customer alone, so calls from it are the customer's. */
export function isHistoryOfCustomer({ match, card }: CustomerGroup): boolean {
  const phones = match.evidence.filter(({ kind, hits }) => kind === 'phone' && hits.length > 0);
  const isOwn = (customerId: string) => card?.records.some(({ id }) => id === customerId) === true;
  return phones.some(({ hits }) => hits.every(({ customerId }) => isOwn(customerId)));
}

/** The labels of the failed sources. */
export function failedNames(sources: readonly SourceStatus[]): string {
  const failed = sources.filter(({ state }) => !['pending', 'found', 'not-found'].includes(state));
  return formatList(failed.map(({ label }) => label)) || t('source.default');
}
