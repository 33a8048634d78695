import type {
  Evidence,
  Link,
  Match,
  RevealAnswer,
  RevealRequest,
  SearchAnswer,
  VerifyRequest,
} from '#contract/customers.ts';
import type { EngagementFacts, EngagementRecord, PastEngagements } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { SourceStatus } from '#contract/sources.ts';
import type { EngagementView } from '#contract/view.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { toCard } from './card.ts';
import { splitCustomerId } from './customer-id.ts';
import type { CustomerSource } from './customer-source.ts';
import { evaluateLookup, toSourcedRecords, toStatus } from './evaluate-lookup.ts';
import type { LinkDecision, LinkStore } from './link-store.ts';
import { createLookups } from './lookup.ts';
import { type CachedLookup, createLookupCache, type LookupTrigger } from './lookup-cache.ts';
import { type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import { createSearch } from './search.ts';
import type { KeptVerification, VerificationStore } from './verification-store.ts';
import { withDeadline } from './with-deadline.ts';

export type CustomerService = ReturnType<typeof createCustomerService>;

type Parts = {
  /** In this order their values stand on a card. */
  sources: readonly CustomerSource[];
  links: LinkStore;
  verifications: VerificationStore;
  clock: Clock;
  /** Resolves once the entry is kept. */
  recordAudit(entry: {
    agent: Agent;
    action: 'customer.reveal' | 'customer.verify';
    engagementId: string;
    customerId: string;
    details: Record<string, string>;
  }): Promise<void>;
  /** Hears what a source should not do, such as being silent beyond its own deadline. */
  reportFailure(error: unknown): void;
  /** What is known of the engagement to this agent; undefined when it was never seen in this account. */
  readFacts(agent: Agent, engagementId: string): Promise<EngagementFacts | undefined>;
  /** What Zoom's events say has happened in it. */
  readRecord(account: string, engagementId: string): Promise<EngagementRecord>;
  /** Never waits: what is not known yet comes with a later view. */
  findPast(agent: Agent, engagementId: string, number: string): PastEngagements;
  /** Hears whether a view's look-up had been made before. */
  countView(isPrefetched: boolean): void;
  /** More is known of the customer than these agents were shown. */
  onLate(account: string, engagementId: string, uids: string[]): void;
  /** Of the look-up, in ms: when a source is given up, and when somebody who waits is told who is still being asked. */
  patience?: { deadlineMs?: number; patienceMs?: number; graceMs?: number };
};

/** Everything that is known about who an engagement is with, nothing masked. */
type Situation = {
  match: Match;
  link: Link;
  customer: MergedCustomer | undefined;
  candidates: MergedCustomer[];
  isPrefetched: boolean;
  sources: SourceStatus[];
};

const singleReadMs = 2_000;

export function createCustomerService(parts: Parts) {
  const { sources, links, verifications, clock, recordAudit, reportFailure } = parts;
  const startLookup = createLookups({
    ...{ sources, clock, reportFailure, findSeenBefore: links.findSeenBefore },
    ...parts.patience,
  });
  const lookups = createLookupCache({ startLookup, clock, onLate: parts.onLate });
  const search = createSearch({ sources, clock, reportFailure });

  /** One customer, whoever asked for it; undefined when it is gone. */
  async function readCustomer(customerId: string): Promise<SourcedRecord | undefined | 'unavailable'> {
    const { source: sourceId, id } = splitCustomerId(customerId);
    const source = sources.find((one) => one.id === sourceId);
    if (!source) return undefined;
    const answer = await withDeadline(source.readCustomers([id]).catch(reportFailure), singleReadMs);
    if (answer?.kind === 'not-found') return undefined;
    if (answer?.kind !== 'found') return 'unavailable';
    const [record] = toSourcedRecords({
      ...{ source, state: 'found', hits: [], records: answer.value, fetchedAt: answer.fetchedAt },
    });
    return record;
  }

  async function readSituation(
    agent: Agent,
    engagementId: string,
    facts: EngagementFacts,
    occasion: LookupTrigger = 'ask',
  ): Promise<Situation> {
    const [found, decision] = await Promise.all([
      lookups.find(occasion, agent, engagementId, facts),
      links.readCurrent(agent.account, engagementId),
    ]);
    return judge(found, decision);
  }

  /** An agent's decision stands whatever the match says, unless the customer it names has been deleted meanwhile. */
  async function judge(found: CachedLookup, decision: LinkDecision | undefined): Promise<Situation> {
    const { match, customers: persons } = evaluateLookup(found);
    const about = { isPrefetched: found.isPrefetched, sources: found.sources.map(toStatus) };
    const chosenId = decision?.customerId ?? null;
    if (decision === undefined || chosenId === null) {
      return { match, ...about, ...follow(match, persons, toLink(decision, match)) };
    }
    const met = findPerson(persons, chosenId);
    // The look-up may know no more than the name, and never learn more: it reads all holders together, or none.
    const read = met && !isFace(met, chosenId) ? met : await readChosen(found, chosenId);
    const chosen = read === 'unavailable' ? (met ?? read) : read;
    if (chosen === undefined) return { match, ...about, ...follow(match, persons, toLink(undefined, match)) };
    // The link is ours and stays known; only the customer's data is out of reach.
    const link = toLink(decision, match);
    if (chosen === 'unavailable') {
      const unavailable: Match = { kind: 'unavailable', evidence: match.evidence };
      return { match: unavailable, link, customer: undefined, candidates: [], ...about };
    }
    const decided: Match = { kind: 'matched', customerId: chosen.id, rule: 'agent', evidence: match.evidence };
    return { match: decided, link: { ...link, customerId: chosen.id }, customer: chosen, candidates: [], ...about };
  }

  /** Somebody the look-up did not meet: found by a search. Other sources may have met the same person. */
  async function readChosen(
    found: CachedLookup,
    customerId: string,
  ): Promise<MergedCustomer | undefined | 'unavailable'> {
    const record = await readCustomer(customerId);
    if (record === undefined || record === 'unavailable') return record;
    const position = (id: string) => sources.findIndex((source) => source.id === id);
    const all = [...found.sources.flatMap(toSourcedRecords).filter(({ id }) => id !== record.id), record];
    const inOrder = all.toSorted((a, b) => position(a.source.id) - position(b.source.id));
    return findPerson(mergeRecords(inOrder), customerId);
  }

  async function composeView(
    occasion: LookupTrigger,
    agent: Agent,
    engagementId: string,
    facts: EngagementFacts,
  ): Promise<EngagementView> {
    const { account } = agent;
    const [situation, record, verified] = await Promise.all([
      readSituation(agent, engagementId, facts, occasion),
      parts.readRecord(account, engagementId),
      verifications.list(account, engagementId),
    ]);
    const { customer, candidates, ...said } = situation;
    const verification = customer && findVerification(verified, customer);
    return {
      engagementId,
      engagement: { facts, record },
      customer: {
        ...said,
        card: customer ? toCard(customer, { isVerified: verification !== undefined }) : null,
        candidates: candidates.map((candidate) => toCard(candidate)),
        verification: verification
          ? { method: verification.method, at: verification.at, byYou: verification.verifiedBy === agent.uid }
          : null,
      },
      history: findPast(agent, engagementId, said.match.evidence),
    };
  }

  async function viewOf(agent: Agent, engagementId: string, facts: EngagementFacts): Promise<EngagementView> {
    const view = await composeView('ask', agent, engagementId, facts);
    parts.countView(view.customer.isPrefetched);
    return view;
  }

  function findPast(agent: Agent, engagementId: string, evidence: Evidence[]): PastEngagements {
    const number = evidence.find(({ kind, normalised }) => kind === 'phone' && normalised !== null)?.normalised;
    if (!number) return { kind: 'not-asked' };
    const past = parts.findPast(agent, engagementId, number);
    if (past.kind !== 'found') return past;
    // Zoom lists the present one too once it has ended.
    return { ...past, engagements: past.engagements.filter((one) => one.engagementId !== engagementId) };
  }

  async function readKnownFacts(agent: Agent, engagementId: string): Promise<EngagementFacts> {
    const facts = await parts.readFacts(agent, engagementId);
    if (!facts) throw new AppError('not_found', 'This engagement is not known yet. Open it in Zoom first.');
    return facts;
  }

  async function decide(
    agent: Agent,
    engagementId: string,
    facts: EngagementFacts,
    customerId: string | null,
  ): Promise<void> {
    const { account, uid } = agent;
    const consumerId = facts.consumers?.length === 1 ? facts.consumers[0]?.id : undefined;
    await links.append({ account, engagementId, customerId, consumerId, decidedBy: uid, decidedAt: clock() });
  }

  /** The customer on the panel: an agent who could name any id could copy whole sources. */
  async function demandLinked(agent: Agent, engagementId: string, customerId: string): Promise<MergedCustomer> {
    const facts = await readKnownFacts(agent, engagementId);
    const { match, customer } = await readSituation(agent, engagementId, facts, 'tell');
    if (!customer && match.kind === 'unavailable') throw sourceUnavailable();
    if (!customer?.records.some(({ id }) => id === customerId)) {
      throw new AppError('forbidden', 'This customer is not linked to the engagement. Link the customer first.');
    }
    return customer;
  }

  /** Of a record that is a name so far, the rest. */
  async function readWhole({ records }: MergedCustomer): Promise<SourcedRecord[]> {
    const read = records.map(async (one) => (one.record.isFace ? readCustomer(one.id) : one));
    return (await Promise.all(read)).flatMap((one) => {
      if (one === 'unavailable') throw sourceUnavailable();
      return one ?? [];
    });
  }

  return {
    /** What a panel asked for. */
    viewOf,

    /** What the server sends by itself: the customer is looked up only if that was not done yet. */
    tellView: (agent: Agent, engagementId: string, facts: EngagementFacts) =>
      composeView('tell', agent, engagementId, facts),

    /** Begins the look-up while it rings. */
    warm: lookups.prefetch,

    async link(agent: Agent, engagementId: string, customerId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      const customer = await readCustomer(customerId);
      if (customer === 'unavailable') throw sourceUnavailable();
      if (!customer) throw new AppError('not_found', 'This customer is not there any more. Search again.');
      await decide(agent, engagementId, facts, customer.id);
      return viewOf(agent, engagementId, facts);
    },

    async unlink(agent: Agent, engagementId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      await decide(agent, engagementId, facts, null);
      return viewOf(agent, engagementId, facts);
    },

    /** Takes back the newest decision. When another click took it back meanwhile, nothing more is taken back. */
    async undo(agent: Agent, engagementId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      const decision = await links.readCurrent(agent.account, engagementId);
      if (decision) await links.undo(decision.id, clock());
      return viewOf(agent, engagementId, facts);
    },

    /** Asks one source, or all, past every cache. */
    async refresh(agent: Agent, engagementId: string, source: string | undefined): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      if (source !== undefined && !sources.some(({ id }) => id === source)) {
        throw new AppError('not_found', 'This source is not there any more. Look again.');
      }
      await lookups.refresh(agent, engagementId, facts, source);
      return composeView('tell', agent, engagementId, facts);
    },

    async search(query: string): Promise<SearchAnswer> {
      const { persons, ...answer } = await search(query);
      if (answer.sources.length > 0 && answer.sources.every(({ fetchedAt }) => fetchedAt === null)) {
        throw sourceUnavailable();
      }
      return { ...answer, customers: persons.map((person) => toCard(person)) };
    },

    async reveal(agent: Agent, engagementId: string, request: RevealRequest): Promise<RevealAnswer> {
      const note = request.note?.trim() ?? '';
      if (request.reason === 'other' && note === '') {
        throw new AppError('invalid_request', 'Say in a few words why you need to see this.');
      }
      const { customerId } = request;
      const records = await readWhole(await demandLinked(agent, engagementId, customerId));
      // Kept before it is answered: what cannot be recorded is not shown.
      const details = { reason: request.reason, ...(note !== '' && { note }) };
      await recordAudit({ agent, action: 'customer.reveal', engagementId, customerId, details });
      return {
        phones: listDistinct(records.flatMap(({ record }) => record.phones)),
        emails: listDistinct(records.flatMap(({ record }) => record.emails)),
      };
    },

    /** How the agent made sure who is calling; from then on sensitive fields are shown in this engagement. */
    async verify(agent: Agent, engagementId: string, { customerId, method }: VerifyRequest): Promise<EngagementView> {
      await demandLinked(agent, engagementId, customerId);
      const { account, uid } = agent;
      await recordAudit({ agent, action: 'customer.verify', engagementId, customerId, details: { method } });
      await verifications.save({ account, engagementId, customerId, method, verifiedBy: uid, at: clock() });
      return composeView('tell', agent, engagementId, await readKnownFacts(agent, engagementId));
    },
  };
}

function follow(
  match: Match,
  persons: MergedCustomer[],
  link: Link,
): Pick<Situation, 'link' | 'customer' | 'candidates'> {
  const customer = link.customerId === null ? undefined : findPerson(persons, link.customerId);
  if (match.kind !== 'ambiguous' || customer) return { link, customer, candidates: [] };
  const named = new Set(match.customerIds);
  return { link, customer, candidates: persons.filter(({ id }) => named.has(id)) };
}

function findPerson(persons: MergedCustomer[], customerId: string): MergedCustomer | undefined {
  return persons.find(({ records }) => records.some(({ id }) => id === customerId));
}

function findVerification(kept: KeptVerification[], { records }: MergedCustomer): KeptVerification | undefined {
  return kept.find(({ customerId }) => records.some(({ id }) => id === customerId));
}

function listDistinct(values: { raw: string; value: string | null }[]): string[] {
  return [...new Map(values.map(({ raw, value }) => [value ?? raw, raw])).values()];
}

function toLink(decision: LinkDecision | undefined, match: Match): Link {
  if (decision) return { customerId: decision.customerId, decidedBy: 'agent', canUndo: true };
  return { customerId: match.kind === 'matched' ? match.customerId : null, decidedBy: 'match', canUndo: false };
}

function sourceUnavailable(): AppError {
  return new AppError('unavailable', 'The customer source does not answer. Try again in a moment.');
}

function isFace({ records }: MergedCustomer, customerId: string): boolean {
  return records.some(({ id, record }) => id === customerId && record.isFace === true);
}
