import type { Match, RevealAnswer, RevealRequest, SearchAnswer, VerifyRequest } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { CachePolicy, EngagementAccess } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { redactCards } from '../platform/redact-cards.ts';
import type { Database } from '../platform/storage/database.ts';
import { withDeadline } from '../platform/timing/deadline.ts';
import { readAgentDecisions } from './agent-decision-store.ts';
import { toCard } from './card.ts';
import { builtInLayout, type CardLayout } from './card-layout.ts';
import {
  type CustomerGroups,
  type CustomerState,
  composeByMatch,
  findVerification,
  toCustomerState,
  toGroup,
  toLink,
} from './customer-groups.ts';
import { splitCustomerId } from './customer-id.ts';
import type { CustomerSource } from './customer-source.ts';
import { evaluateLookup, type LookupEvaluation, toSourcedRecords } from './evaluate-lookup.ts';
import { createLinkStore, type LinkDecision } from './link-store.ts';
import { createStartLookup, type LookupSnapshot } from './lookup.ts';
import { createLookupCache } from './lookup-cache.ts';
import { findCustomer, listDistinct, type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import type { OwnNumbers } from './own-numbers.ts';
import { isPreview } from './preview.ts';
import { createSearch } from './search.ts';
import { createSourceCountries } from './source-countries.ts';
import { createVerificationStore } from './verification-store.ts';

/** The queue of an engagement, as Zoom names it. */
type Queue = Pick<EngagementFacts, 'queueId' | 'queueAlias' | 'queueName'>;

export type CustomerService = ReturnType<typeof createCustomerService>;

export type CustomerServiceParts = {
  database: Pick<Database, 'db' | 'kind'>;
  /** All sources; a search queries all. Of differing values the card shows that of the first source. */
  sources: readonly CustomerSource[];
  /** The list of sources for an engagement: one list so far, `sources`. */
  sourcesFor?: (queue: Queue) => readonly CustomerSource[];
  /** The layout of an engagement's card: one layout so far, the built-in one. */
  layoutFor?: (queue: Queue) => CardLayout;
  /** The contact center's own numbers, which identify no customer. */
  ownNumbersOf(account: string): OwnNumbers;
  clock: Clock;
  /** Resolves once the entry is stored. */
  recordAudit(entry: {
    agent: Agent;
    action: `customer.${'search' | 'link' | 'unlink' | 'undo' | 'reveal' | 'verify'}`;
    engagementId?: string;
    customerId?: string | undefined;
    details?: Record<string, string | number | string[]>;
  }): Promise<void>;
  /** Called with internal errors, and with errors of sources that break their contract. */
  reportFailure(error: unknown): void;
  /** Called when a result arrives after these agents were shown the look-up. */
  notifyLateResult(account: string, engagementId: string, uids: string[]): void;
  /** Of the look-up, in ms; see lookup.ts. */
  lookupTimes?: { deadlineMs?: number; firstResultDeadlineMs?: number; batchWindowMs?: number };
};

const singleReadMs = 2_000;

/**
 * Look-up, match, link and verification of an engagement's customer. The caller reads the agent's access to the
 * engagement, allows the command and passes the access in.
 */
export function createCustomerService(parts: CustomerServiceParts) {
  const { sources, ownNumbersOf, clock, recordAudit, reportFailure } = parts;
  const { sourcesFor = () => sources, layoutFor = () => builtInLayout } = parts;
  const links = createLinkStore(parts.database);
  const verifications = createVerificationStore(parts.database);
  const startLookup = createStartLookup({
    clock,
    reportFailure,
    findSeenBefore: links.findSeenBefore,
    ...parts.lookupTimes,
  });
  const lookupCache = createLookupCache({
    startLookup,
    sourcesFor,
    ownNumbersOf,
    clock,
    notifyLateResult: parts.notifyLateResult,
  });
  const search = createSearch({ sources, clock, reportFailure });
  const sourceCountries = createSourceCountries({ sources, reportFailure });

  /** One customer by id, whatever its source; undefined when it is gone. */
  async function readCustomer(customerId: string): Promise<SourcedRecord | undefined | 'unavailable'> {
    const { source: sourceId, id } = splitCustomerId(customerId);
    const source = sources.find((each) => each.id === sourceId);
    if (!source) return undefined;
    const answer = await withDeadline(
      singleReadMs,
      () => source.readCustomers([id]).catch(reportFailure),
      () => undefined,
    );
    if (answer?.kind === 'not-found') return undefined;
    if (answer?.kind !== 'found') return 'unavailable';
    const { value: records, fetchedAt } = answer;
    return toSourcedRecords({ source, state: 'found', hits: [], records, fetchedAt })[0];
  }

  const readLookup = (
    agent: Agent,
    engagementId: string,
    { access, cachePolicy }: { access: EngagementAccess; cachePolicy: CachePolicy },
  ) =>
    Promise.all([
      lookupCache.find(agent, engagementId, { ...toLookedUp(access), cachePolicy }),
      readDecisions(agent, engagementId, access),
    ]);

  async function readDecisions({ account, uid }: Agent, engagementId: string, access: EngagementAccess) {
    const { until } = access;
    const includesShared = access.kind !== 'own-observation';
    const decisions = await readAgentDecisions(parts.database.db, {
      account,
      uid,
      engagementId,
      includesShared,
      until,
    });
    // Zoom has named the agent since they decided.
    if (decisions.decision?.isConfirmed === false && isConfirmed(access)) {
      await links.confirm({ account, uid, engagementId });
    }
    return access.kind === 'formerly-named' ? { ...decisions, verifications: [] } : decisions;
  }

  /** An agent's decision outranks the match unless its customer has been deleted since. */
  async function decideLink(
    snapshot: LookupSnapshot,
    { match, customers }: LookupEvaluation,
    decision: LinkDecision | undefined,
  ): Promise<CustomerState> {
    const chosenId = decision?.customerId ?? null;
    if (decision === undefined || chosenId === null) return toCustomerState(match, customers, toLink(decision, match));
    const matched = findCustomer(customers, chosenId);
    // The look-up reads the records of all hits together or none, so one that is still a preview is read by itself.
    const read = matched && !isPreview(matched, chosenId) ? matched : await readChosen(snapshot, chosenId);
    const linked = read === 'unavailable' ? (matched ?? read) : read;
    if (linked === undefined) return toCustomerState(match, customers, toLink(undefined, match));
    const link = toLink(decision, match);
    if (linked === 'unavailable') {
      const unavailable: Match = { kind: 'unavailable', evidence: match.evidence };
      return { match: unavailable, link, customer: undefined, candidates: [] };
    }
    const matchByAgent: Match = { kind: 'matched', customerId: linked.id, rule: 'agent', evidence: match.evidence };
    return { match: matchByAgent, link: { ...link, customerId: linked.id }, customer: linked, candidates: [] };
  }

  /** A linked customer that the look-up did not find, or found only as a preview, merged with the records it found. */
  async function readChosen(
    snapshot: LookupSnapshot,
    customerId: string,
  ): Promise<MergedCustomer | undefined | 'unavailable'> {
    const record = await readCustomer(customerId);
    if (record === undefined || record === 'unavailable') return record;
    const position = (id: string) => sources.findIndex((source) => source.id === id);
    const found = snapshot.sources.flatMap(toSourcedRecords).filter(({ id }) => id !== record.id);
    const inOrder = [...found, record].toSorted((a, b) => position(a.source.id) - position(b.source.id));
    return findCustomer(mergeRecords(inOrder, snapshot.isOwnNumber), customerId);
  }

  async function decide(
    { account, uid }: Agent,
    engagementId: string,
    { access, customerId }: { access: EngagementAccess; customerId: string | null },
  ): Promise<void> {
    const { consumers = [] } = access.confirmedFacts;
    const consumerId = consumers.length === 1 ? consumers[0]?.id : undefined;
    const decision = { account, engagementId, customerId, consumerId, decidedBy: uid, decidedAt: clock() };
    await links.append({ ...decision, isConfirmed: isConfirmed(access) });
  }

  /** Throws for any other customer than the linked one: with arbitrary ids an agent could copy a whole source. */
  async function requireLinkedCustomer(
    agent: Agent,
    engagementId: string,
    { access, customerId }: { access: EngagementAccess; customerId: string },
  ): Promise<MergedCustomer> {
    const [{ snapshot }, { decision }] = await readLookup(agent, engagementId, { access, cachePolicy: 'use-cached' });
    const evaluation = evaluateLookup(snapshot, sourceCountries.current());
    const { match, customer } = await decideLink(snapshot, evaluation, decision);
    if (!customer && match.kind === 'unavailable') throw sourceUnavailable();
    if (!customer?.records.some(({ id }) => id === customerId)) {
      throw new AppError('forbidden', 'This customer is not linked to the engagement. Link the customer first.');
    }
    return customer;
  }

  /** Reads the records that are still previews. */
  async function readFullRecords({ records }: MergedCustomer): Promise<SourcedRecord[]> {
    const read = records.map(async (each) => (each.record.isPreview ? readCustomer(each.id) : each));
    return (await Promise.all(read)).flatMap((record) => {
      if (record === 'unavailable') throw sourceUnavailable();
      return record ?? [];
    });
  }

  /** Two clicks at once are one undoing, however long the first takes to read the decision. */
  const undoing = new Map<string, Promise<void>>();

  async function undoNewest(agent: Agent, engagementId: string, access: EngagementAccess): Promise<void> {
    const includesShared = access.kind !== 'own-observation';
    const decision = await links.readCurrent({ account: agent.account, uid: agent.uid, engagementId, includesShared });
    if (!decision) return;
    const { id, customerId } = decision;
    const details = { decision: id };
    await recordAudit({ agent, action: 'customer.undo', engagementId, customerId: customerId ?? undefined, details });
    if (!(await links.undo(id, clock()))) {
      throw new AppError('conflict', 'This choice was undone at the same time. Look again.', { reason: 'undone' });
    }
  }

  return {
    /** Begins the look-up while it rings. */
    prefetch: lookupCache.prefetch,

    /** Masks a text whose customer is not known. */
    maskText: sourceCountries.maskText,

    /** The country in which numbers without one are read, by the last read. */
    readCountry: (): string | undefined => sourceCountries.current()[0],

    /** Before the first text is masked. */
    readCountries: sourceCountries.read,

    /** The customer's groups of the view. */
    async readGroups(
      agent: Agent,
      engagementId: string,
      options: { access: EngagementAccess; cachePolicy: CachePolicy },
    ): Promise<CustomerGroups> {
      const [{ snapshot, isPrefetched }, { decision, verifications: verified }] = await readLookup(
        agent,
        engagementId,
        options,
      );
      const countries = await sourceCountries.read();
      const shown = { layout: layoutFor(options.access.engagement.facts), isPrefetched, countries };
      if (decision === undefined && verified.length === 0) return composeByMatch(snapshot, shown);
      const evaluation = evaluateLookup(snapshot, countries);
      const state = await decideLink(snapshot, evaluation, decision);
      const verification = state.customer && findVerification(verified, state.customer);
      const customer = toGroup(state, {
        ...shown,
        verification: verification && {
          method: verification.method,
          at: verification.at,
          byYou: verification.verifiedBy === agent.uid,
        },
      });
      return { customer, sources: evaluation.sources };
    },

    async link(
      agent: Agent,
      engagementId: string,
      { access, customerId }: { access: EngagementAccess; customerId: string },
    ): Promise<void> {
      const customer = await readCustomer(customerId);
      if (customer === 'unavailable') throw sourceUnavailable();
      if (!customer) throw new AppError('not_found', 'This customer is not there any more. Search again.');
      await recordAudit({ agent, action: 'customer.link', engagementId, customerId: customer.id });
      await decide(agent, engagementId, { access, customerId: customer.id });
    },

    async unlink(agent: Agent, engagementId: string, { access }: { access: EngagementAccess }): Promise<void> {
      await recordAudit({ agent, action: 'customer.unlink', engagementId });
      await decide(agent, engagementId, { access, customerId: null });
    },

    /** Takes back the newest decision. A second click at the same time takes back nothing more. */
    undo(agent: Agent, engagementId: string, { access }: { access: EngagementAccess }): Promise<void> {
      const key = JSON.stringify([agent.account, agent.uid, engagementId]);
      const pending = undoing.get(key) ?? undoNewest(agent, engagementId, access).finally(() => undoing.delete(key));
      undoing.set(key, pending);
      return pending;
    },

    /** Queries one source, or all, bypassing all caches. */
    async refresh(
      agent: Agent,
      engagementId: string,
      { access, source }: { access: EngagementAccess; source: string | undefined },
    ): Promise<void> {
      const lookedUp = toLookedUp(access);
      if (source !== undefined && !sourcesFor(lookedUp.facts).some(({ id }) => id === source)) {
        throw new AppError('not_found', 'This source is not there any more. Look again.');
      }
      await lookupCache.refresh(agent, engagementId, { ...lookedUp, source });
    },

    async search(agent: Agent, query: string): Promise<SearchAnswer> {
      const { customers, ...answer } = await search(query, ownNumbersOf(agent.account));
      if (answer.sources.length > 0 && answer.sources.every(({ fetchedAt }) => fetchedAt === null)) {
        throw sourceUnavailable();
      }
      const [layout, countries] = [layoutFor({}), await sourceCountries.read()];
      const cards = customers.map((customer) => toCard(customer, { layout, countries }));
      // The query is an identifier or a name, so it is not recorded; its result is.
      const ids = cards.flatMap(({ records }) => records.map(({ id }) => id));
      const details = { understoodAs: answer.understoodAs, customers: ids };
      await recordAudit({ agent, action: 'customer.search', details });
      return { ...answer, customers: cards };
    },

    async reveal(
      agent: Agent,
      engagementId: string,
      { access, request }: { access: EngagementAccess; request: RevealRequest },
    ): Promise<RevealAnswer> {
      const note = redactCards(request.note?.trim() ?? '');
      if (request.reason === 'other' && note === '') {
        throw new AppError('invalid_request', 'Say in a few words why you need to see this.');
      }
      const { customerId } = request;
      const customer = await requireLinkedCustomer(agent, engagementId, { access, customerId });
      const records = await readFullRecords(customer);
      // Stored before the answer: values whose reveal cannot be recorded are not shown.
      const revealed = customer.records.map(({ id }) => id);
      const details = {
        reason: request.reason,
        ...(note !== '' && { note }),
        ...(revealed.length > 1 && { records: revealed }),
      };
      await recordAudit({ agent, action: 'customer.reveal', engagementId, customerId, details });
      return {
        phones: listDistinct(records.flatMap(({ record }) => record.phones)),
        emails: listDistinct(records.flatMap(({ record }) => record.emails)),
      };
    },

    /** From then on sensitive fields are shown in this engagement. */
    async verify(
      agent: Agent,
      engagementId: string,
      { access, request }: { access: EngagementAccess; request: VerifyRequest },
    ): Promise<void> {
      const { customerId, method } = request;
      await requireLinkedCustomer(agent, engagementId, { access, customerId });
      const { account, uid } = agent;
      await recordAudit({ agent, action: 'customer.verify', engagementId, customerId, details: { method } });
      await verifications.save({ account, engagementId, customerId, method, verifiedBy: uid, at: clock() });
    },
  };
}

/** The agent's decisions count for every agent of the engagement. */
const isConfirmed = ({ kind }: EngagementAccess) => kind === 'named' || kind === 'trusted';

/** An agent who has left sees an earlier state, and their look-ups do not replace those of the engagement. */
const toLookedUp = (access: EngagementAccess) => ({
  facts: access.engagement.facts,
  isOwn: !isConfirmed(access),
});

function sourceUnavailable(): AppError {
  return new AppError('unavailable', 'The customer source does not answer. Try again in a moment.');
}
