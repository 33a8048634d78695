import type {
  CustomerCard,
  EngagementView,
  Link,
  Match,
  PastEngagements,
  RevealAnswer,
  RevealRequest,
  SearchAnswer,
} from '#contract/customers.ts';
import type { EngagementFacts, EngagementRecord } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { toCard } from './card.ts';
import type { CustomerRecord, CustomerSource } from './customer-source.ts';
import { createKeptLookups, type Lookup, type Occasion } from './kept-lookups.ts';
import type { LinkDecision, LinkStore } from './link-store.ts';
import { createLookup } from './lookup.ts';
import { createSearch } from './search.ts';
import { withDeadline } from './with-deadline.ts';

export type CustomerService = ReturnType<typeof createCustomerService>;

type Parts = {
  source: CustomerSource;
  links: LinkStore;
  clock: Clock;
  /** Resolves once the entry is kept. */
  recordAudit(entry: {
    agent: Agent;
    action: 'customer.reveal';
    engagementId: string;
    customerId: string;
    details: Record<string, string>;
  }): Promise<void>;
  /** Hears why the source gave no answer; the agent is only told that it did not. */
  reportFailure(error: unknown): void;
  /** What is known of the engagement to this agent; undefined when it was never seen in this account. */
  readFacts(agent: Agent, engagementId: string): Promise<EngagementFacts | undefined>;
  /** What Zoom's events say has happened in it. */
  readRecord(account: string, engagementId: string): Promise<EngagementRecord>;
  /** Never waits: what is not known yet comes with a later view. */
  findPast(agent: Agent, engagementId: string, number: string): PastEngagements;
  /** Hears whether a view's look-up had been made before. */
  countView(temperature: EngagementView['lookup']): void;
};

/** Everything that is known about who an engagement is with, nothing masked. */
type Situation = {
  match: Match;
  link: Link;
  customer: CustomerRecord | undefined;
  candidates: CustomerRecord[];
  lookup: EngagementView['lookup'];
  fetchedAt: number;
};

const deadlineMs = 2_000;

export function createCustomerService(parts: Parts) {
  const { source, links, clock, recordAudit, reportFailure } = parts;
  const findMatch = createLookup({ source, reportFailure, deadlineMs });
  const search = createSearch(source);
  const getCustomers = async (ids: string[]) =>
    ids.length === 0 ? [] : withDeadline(source.getCustomers(ids), deadlineMs);
  const lookups = createKeptLookups({ lookUp, clock });

  async function lookUp(facts: EngagementFacts): Promise<Lookup> {
    const match = await findMatch(facts);
    const records = await getCustomers(listCustomerIds(match)).catch(reportFailure);
    if (records) return { match, records, fetchedAt: clock() };
    const unavailable: Match = { kind: 'unavailable', source: source.label, evidence: match.evidence };
    return { match: unavailable, records: [], fetchedAt: clock() };
  }

  async function readSituation(
    account: string,
    engagementId: string,
    facts: EngagementFacts,
    occasion: Occasion = 'ask',
  ): Promise<Situation> {
    const [{ match, records, fetchedAt, isAhead }, decision] = await Promise.all([
      lookups.find(occasion, account, engagementId, facts),
      links.readCurrent(account, engagementId),
    ]);
    const reading = { lookup: isAhead ? 'warm' : 'cold', fetchedAt } as const;
    const chosen = decision?.customerId;
    const isMissing = chosen && match.kind !== 'unavailable' && !records.some((record) => record.id === chosen);
    const more = isMissing ? await getCustomers([chosen]).catch(reportFailure) : [];
    if (more && match.kind !== 'unavailable') return { ...judge(match, decision, [...records, ...more]), ...reading };
    // The link is ours and stays known; only the customer's data is out of reach.
    const unavailable: Match = { kind: 'unavailable', source: source.label, evidence: match.evidence };
    return { match: unavailable, link: toLink(decision, match), customer: undefined, candidates: [], ...reading };
  }

  async function composeView(
    occasion: Occasion,
    agent: Agent,
    engagementId: string,
    facts: EngagementFacts,
  ): Promise<EngagementView> {
    const { account } = agent;
    const [{ match, link, customer, candidates, lookup, fetchedAt }, record] = await Promise.all([
      readSituation(account, engagementId, facts, occasion),
      parts.readRecord(account, engagementId),
    ]);
    const [shown] = customer ? toCards([customer], fetchedAt) : [];
    return {
      engagementId,
      match,
      link,
      customer: shown ?? null,
      candidates: toCards(candidates, fetchedAt),
      facts,
      record,
      lookup,
      past: findPast(agent, engagementId, match),
    };
  }

  async function viewOf(agent: Agent, engagementId: string, facts: EngagementFacts): Promise<EngagementView> {
    const view = await composeView('ask', agent, engagementId, facts);
    parts.countView(view.lookup);
    return view;
  }

  function findPast(agent: Agent, engagementId: string, { evidence }: Match): PastEngagements {
    const number = evidence.find(({ kind, normalised }) => kind === 'phone' && normalised !== null)?.normalised;
    if (!number) return { kind: 'not-asked' };
    const past = parts.findPast(agent, engagementId, number);
    if (past.kind !== 'found') return past;
    // Zoom lists the present one too once it has ended.
    return { ...past, engagements: past.engagements.filter((one) => one.engagementId !== engagementId) };
  }

  function toCards(records: CustomerRecord[], fetchedAt: number): CustomerCard[] {
    const from = { id: source.id, label: source.label, fetchedAt };
    return records.map((record) => toCard(record, from));
  }

  async function readKnownFacts(agent: Agent, engagementId: string): Promise<EngagementFacts> {
    const facts = await parts.readFacts(agent, engagementId);
    if (!facts) throw new AppError('not_found', 'This engagement is not known yet. Open it in Zoom first.');
    return facts;
  }

  async function decide(agent: Agent, engagementId: string, customerId: string | null): Promise<void> {
    const { account, uid } = agent;
    await links.append({ account, engagementId, customerId, decidedBy: uid, decidedAt: clock() });
  }

  return {
    /** What a panel asked for. */
    viewOf,

    /** What the server sends by itself: the customer is looked up only if that was not done yet. */
    tellView: (agent: Agent, engagementId: string, facts: EngagementFacts) =>
      composeView('tell', agent, engagementId, facts),

    /** Begins the look-up while it rings. */
    warm: lookups.warm,

    async link(agent: Agent, engagementId: string, customerId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      const [customer] = await orUnavailable(getCustomers([customerId]));
      if (!customer) throw new AppError('not_found', 'This customer is not there any more. Search again.');
      await decide(agent, engagementId, customer.id);
      return viewOf(agent, engagementId, facts);
    },

    async unlink(agent: Agent, engagementId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      await decide(agent, engagementId, null);
      return viewOf(agent, engagementId, facts);
    },

    /** Takes back the newest decision. When another click took it back meanwhile, nothing more is taken back. */
    async undo(agent: Agent, engagementId: string): Promise<EngagementView> {
      const facts = await readKnownFacts(agent, engagementId);
      const decision = await links.readCurrent(agent.account, engagementId);
      if (decision) await links.undo(decision.id, clock());
      return viewOf(agent, engagementId, facts);
    },

    async search(query: string): Promise<SearchAnswer> {
      const { understoodAs, customers, more } = await orUnavailable(withDeadline(search(query), deadlineMs));
      return { understoodAs, customers: toCards(customers, clock()), more };
    },

    /** Only for the customer on the panel: an agent who could name any id could copy the whole directory. */
    async reveal(agent: Agent, engagementId: string, request: RevealRequest): Promise<RevealAnswer> {
      const note = request.note?.trim() ?? '';
      if (request.reason === 'other' && note === '') {
        throw new AppError('invalid_request', 'Say in a few words why you need to see this.');
      }
      const facts = await readKnownFacts(agent, engagementId);
      const { match, customer } = await readSituation(agent.account, engagementId, facts);
      if (!customer && match.kind === 'unavailable') throw sourceUnavailable();
      if (customer?.id !== request.customerId) {
        throw new AppError('forbidden', 'This customer is not linked to the engagement. Link the customer first.');
      }
      // Kept before it is answered: what cannot be recorded is not shown.
      await recordAudit({
        agent,
        action: 'customer.reveal',
        engagementId,
        customerId: customer.id,
        details: { reason: request.reason, ...(note !== '' && { note }) },
      });
      return { phones: customer.phones.map(({ raw }) => raw), emails: customer.emails.map(({ raw }) => raw) };
    },
  };
}

function listCustomerIds(match: Match): string[] {
  if (match.kind === 'matched') return [match.customerId];
  return match.kind === 'ambiguous' ? match.customerIds : [];
}

/** An agent's decision stands whatever the match says, unless the customer it names has been deleted meanwhile. */
function judge(
  match: Match,
  decision: LinkDecision | undefined,
  records: CustomerRecord[],
): Omit<Situation, 'lookup' | 'fetchedAt'> {
  const find = (id: string | null) => records.find((record) => record.id === id);
  const decided = decision && find(decision.customerId);
  const isDeleted = decision !== undefined && decision.customerId !== null && !decided;
  const link = toLink(isDeleted ? undefined : decision, match);
  const customer = find(link.customerId);
  const named = new Set(listCustomerIds(match));
  const candidates = match.kind === 'ambiguous' && !customer ? records.filter((record) => named.has(record.id)) : [];
  if (!decided) return { match, link, customer, candidates };
  const chosen: Match = { kind: 'matched', customerId: decided.id, rule: 'agent', evidence: match.evidence };
  return { match: chosen, link, customer, candidates };
}

function toLink(decision: LinkDecision | undefined, match: Match): Link {
  if (decision) return { customerId: decision.customerId, decidedBy: 'agent', canUndo: true };
  return { customerId: match.kind === 'matched' ? match.customerId : null, decidedBy: 'match', canUndo: false };
}

async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AppError ? error : sourceUnavailable(error);
  }
}

function sourceUnavailable(cause?: unknown): AppError {
  return new AppError('unavailable', 'The customer source does not answer. Try again in a moment.', { cause });
}
