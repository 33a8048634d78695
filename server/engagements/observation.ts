/*
 * What an agent's panel saw through the SDK, beside what Zoom told the server.
 *
 * A panel is a browser, and whatever it says is a claim. So an observation is kept by agent and counts in that agent's own
 * view only: a case number or a caller that an agent makes up never reaches a colleague's engagement, the record or a
 * customer's history. What an agent sees by it, that agent could have searched for.
 *
 * - Each field is dated when this panel first said its present value, by the server's clock; a panel repeats itself at
 *   every switch, and repeats keep their date. Lists are taken as a whole, as the SDK gives them.
 * - In the joined view the newer telling of a field wins, Zoom at the same time; neither erases. Persons and variables of
 *   both are merged, and what both know of one is the newer's.
 * - The state is the agent's own: Zoom's `ended` ends it for all, a panel's `end` for that agent (who was in it, and is
 *   no longer); else the panel knows best (`inactive` is nowhere in Zoom's events), else it follows the phase.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import { isNeverCard, redactCards } from '../platform/redact-cards.ts';
import { mergeConsumers } from './consumers.ts';
import { type DatedFacts, dateKey, familyOf, isEqual, variableKey } from './merge-facts.ts';

/**
 * A source in the SDK's spelling becomes the events': `messaging_webChat` is `web_chat`, `messaging_sms` is `sms`. What a
 * customer typed into a form or a keypad loses its card numbers, as it does where events and flows tell it.
 */
export function normalizeObservation(facts: EngagementFacts): EngagementFacts {
  const { source, consumers, variables } = facts;
  return {
    ...facts,
    ...(source !== undefined && { source: toEventSpelling(source) }),
    ...(consumers && {
      consumers: consumers.map((one) =>
        one.displayName === undefined ? one : { ...one, displayName: redactCards(one.displayName) },
      ),
    }),
    ...(variables && {
      variables: variables.map((one) => (isNeverCard(one.name) ? one : { ...one, value: redactCards(one.value) })),
    }),
  };
}

function toEventSpelling(source: string): string {
  const snake = source.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const own = snake.replace(/^(messaging|video|voice|email)_(?=.)/, '');
  return own === 'facebook' ? 'facebook_messenger' : own;
}

/** The same object comes back when nothing is new. `now`: ms UTC, the server's. */
export function addObservation(own: DatedFacts, said: EngagementFacts, now: number): DatedFacts {
  const known: Record<string, unknown> & EngagementFacts = own.facts;
  const told = normalizeObservation(said);
  const news = Object.entries(told).filter(([field, value]) => value !== undefined && !isEqual(known[field], value));
  if (news.length === 0) return own;

  const factsAt = { ...own.factsAt, ...Object.fromEntries(news.map(([field]) => [field, now])) };
  const values = new Map(own.facts.variables?.map(({ name, value }) => [variableKey(name), value]));
  const changed = (told.variables ?? []).filter(({ name, value }) => values.get(variableKey(name)) !== value);
  for (const { name } of changed) factsAt[dateKey(name)] = now;
  return { facts: { ...own.facts, ...Object.fromEntries(news) }, factsAt };
}

export const noFacts: DatedFacts = { facts: {}, factsAt: {} };

export function joinObservation(zoom: DatedFacts, own: DatedFacts): EngagementFacts {
  const newerOwn = Object.entries(own.facts).filter(([field]) => isNewer(own, zoom, field));
  return {
    ...own.facts,
    ...zoom.facts,
    ...Object.fromEntries(newerOwn),
    ...joinLists(zoom, own),
    ...joinSource(zoom, own),
    ...joinState(zoom.facts, own.facts),
  };
}

const isNewer = (own: DatedFacts, zoom: DatedFacts, field: string) =>
  (own.factsAt[field] ?? 0) > (zoom.factsAt[field] ?? 0);

function joinLists(zoom: DatedFacts, own: DatedFacts): EngagementFacts {
  const [first = [], second = []] = isNewer(own, zoom, 'consumers')
    ? [zoom.facts.consumers, own.facts.consumers]
    : [own.facts.consumers, zoom.facts.consumers];
  const consumers = mergeConsumers(first, second);

  const byName = new Map(zoom.facts.variables?.map((variable) => [variableKey(variable.name), variable]));
  for (const variable of own.facts.variables ?? []) {
    const key = variableKey(variable.name);
    if (!byName.has(key) || isNewer(own, zoom, dateKey(variable.name))) byName.set(key, variable);
  }
  const variables = [...byName.values()];
  return { ...(consumers.length > 0 && { consumers }), ...(variables.length > 0 && { variables }) };
}

/** The source belongs to its channel: the other side's is taken only where both mean the same channel. */
function joinSource(zoom: DatedFacts, own: DatedFacts): EngagementFacts {
  const { channel: theirs, source: theirSource } = zoom.facts;
  const { channel: ours, source: ourSource } = own.facts;
  if (theirs === undefined || ours === undefined || familyOf(theirs) === familyOf(ours)) return {};
  const source = isNewer(own, zoom, 'channel') ? ourSource : theirSource;
  return { source: source ?? '' };
}

function joinState(zoom: EngagementFacts, own: EngagementFacts): EngagementFacts {
  const state = zoom.state === 'end' || own.state === 'end' ? 'end' : (own.state ?? zoom.state);
  return state === undefined ? {} : { state };
}
