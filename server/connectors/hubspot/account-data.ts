import type { Clock } from '../../platform/clock.ts';
import { createAnswerCache } from '../port/answer-cache.ts';
import { found, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, ObjectType, Owner, Property } from './api.ts';

/** ms. For data of the account rather than of a customer: owners' names, ticket stages, call outcomes. */
const ttl = { found: 10 * 60_000, notFound: 60_000 };

export type TicketStage = { label: string; isClosed: boolean };

export type AccountData = {
  /** Owners by id. `not-found` without the right to read them, which the connection check reports. */
  owners(): Promise<Outcome<Map<string, Owner>>>;
  /** Stages of all ticket pipelines, by id. */
  stages(): Promise<Outcome<Map<string, TicketStage>>>;
  /** Internal values of call outcomes, by label in lower case. */
  callOutcomes(): Promise<Outcome<Map<string, string>>>;
  /** The properties of a type: megabytes in large accounts. */
  properties(type: ObjectType): Promise<Outcome<Property[]>>;
};

export function createAccountData(api: Api, clock: Clock): AccountData {
  const caches = {
    owners: createAnswerCache<Map<string, Owner>>(clock, ttl),
    stages: createAnswerCache<Map<string, TicketStage>>(clock, ttl),
    callOutcomes: createAnswerCache<Map<string, string>>(clock, ttl),
    properties: createAnswerCache<Property[]>(clock, ttl),
  };
  return {
    owners: () =>
      caches.owners.get('', 'cached', async () => index(await api.listOwners(), (owner) => [owner.id, owner])),

    stages: () =>
      caches.stages.get('', 'cached', async () =>
        index(await api.listTicketStages(), ({ id, label, metadata }) => [
          id,
          { label, isClosed: metadata?.ticketState === 'CLOSED' || metadata?.isClosed === 'true' },
        ]),
      ),

    callOutcomes: () =>
      caches.callOutcomes.get('', 'cached', async () => {
        const answer = await api.readProperty('calls', 'hs_call_disposition');
        const options = answer.kind === 'found' ? found(answer.value.options ?? []) : answer;
        return index(options, ({ label, value }) => [label.toLowerCase(), value]);
      }),

    properties: (type) => caches.properties.get(type, 'cached', () => api.listProperties(type)),
  };
}

export function nameOf(owner: Owner | undefined): string | undefined {
  const name = [owner?.firstName, owner?.lastName].filter(Boolean).join(' ');
  return name || owner?.email || undefined;
}

/** A missing right is cached as `not-found`, so that it is not requested with every card. */
function index<Item, Value>(
  outcome: Outcome<Item[]>,
  toEntry: (item: Item) => [string, Value],
): Outcome<Map<string, Value>> {
  if (outcome.kind === 'forbidden') return notFound;
  return outcome.kind === 'found' ? found(new Map(outcome.value.map(toEntry))) : outcome;
}
