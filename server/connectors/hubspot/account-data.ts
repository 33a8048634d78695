import type { Clock } from '../../platform/clock.ts';
import { createAnswerCache } from '../port/answer-cache.ts';
import { found, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, Owner } from './api.ts';

/** ms. What belongs to the account and to nobody's card: people's names, stages of tickets, outcomes of calls. */
const ttl = { found: 10 * 60_000, notFound: 60_000 };

export type TicketStage = { label: string; isClosed: boolean };

export type AccountData = {
  /** By their ids. None where the credentials may not read them: that is a right for the check to name. */
  owners(): Promise<Outcome<Map<string, Owner>>>;
  /** Stages of all ticket pipelines, by their ids. */
  stages(): Promise<Outcome<Map<string, TicketStage>>>;
  /** Internal values of a call's outcomes, by their labels in lower case. */
  callOutcomes(): Promise<Outcome<Map<string, string>>>;
};

export function createAccountData(api: Api, clock: Clock): AccountData {
  const kept = {
    owners: createAnswerCache<Map<string, Owner>>(clock, ttl),
    stages: createAnswerCache<Map<string, TicketStage>>(clock, ttl),
    callOutcomes: createAnswerCache<Map<string, string>>(clock, ttl),
  };
  return {
    owners: () =>
      kept.owners.get('', 'cached', async () => index(await api.listOwners(), (owner) => [owner.id, owner])),

    stages: () =>
      kept.stages.get('', 'cached', async () =>
        index(await api.listTicketStages(), ({ id, label, metadata }) => [
          id,
          { label, isClosed: metadata?.ticketState === 'CLOSED' || metadata?.isClosed === 'true' },
        ]),
      ),

    callOutcomes: () =>
      kept.callOutcomes.get('', 'cached', async () => {
        const answer = await api.readProperty('calls', 'hs_call_disposition');
        const options = answer.kind === 'found' ? found(answer.value.options ?? []) : answer;
        return index(options, ({ label, value }) => [label.toLowerCase(), value]);
      }),
  };
}

export function nameOf(owner: Owner | undefined): string | undefined {
  const name = [owner?.firstName, owner?.lastName].filter(Boolean).join(' ');
  return name || owner?.email || undefined;
}

/** A right that is lacking will be lacking in a second too: kept as nothing for a while, not asked for with every card. */
function index<Item, Value>(
  outcome: Outcome<Item[]>,
  toEntry: (item: Item) => [string, Value],
): Outcome<Map<string, Value>> {
  if (outcome.kind === 'forbidden') return notFound;
  return outcome.kind === 'found' ? found(new Map(outcome.value.map(toEntry))) : outcome;
}
