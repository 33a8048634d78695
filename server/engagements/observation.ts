/*
 * Observations from panels, stored per agent and used only in that agent's view, because a browser is untrusted: an
 * invented case number or caller reaches no colleague, record or customer history.
 *
 * - Each field is dated, by the server's clock, when this panel first reported its present value. A panel reports
 *   everything again at every switch; repeats keep their date. Lists are replaced as a whole.
 * - In the joined view the newer value of a field wins, Zoom's on equal dates; an absent value never erases. Consumers
 *   and variables of both sides are merged, and the newer value wins for each.
 * - State: Zoom's `ended` ends it for every agent, a panel's `end` for that agent. Otherwise the panel's state has
 *   precedence (Zoom's events have no `inactive`), then the phase.
 */
import { createHash } from 'node:crypto';
import type { Consumer, EngagementFacts, FlowVariable } from '#contract/engagements.ts';
import { redactField, redactJson } from '../platform/redact-cards.ts';
import { mergeConsumers } from './consumers.ts';
import { type DatedFacts, dateKey, familyOf, isEqual, variableKey } from './merge-facts.ts';

/**
 * Converts the SDK's spelling of a source to the events': `messaging_webChat` to `web_chat`, `messaging_sms` to `sms`.
 * Redacts card numbers in every text, as intake does for events.
 */
export function normalizeObservation(facts: EngagementFacts): EngagementFacts {
  const { consumers, variables, ...rest } = facts;
  const { source, ...texts } = redactJson(rest);
  return {
    ...texts,
    ...(source !== undefined && { source: toEventSpelling(source) }),
    ...(consumers && { consumers: consumers.map(redactConsumer) }),
    ...(variables && { variables: variables.map(redactVariable) }),
  };
}

/** Without an id that was dropped as a card number. */
function redactConsumer(consumer: Consumer): Consumer {
  const { id, ...rest } = redactJson(consumer);
  return { ...rest, ...(id !== undefined && id !== '' && { id }) };
}

/** Part of the name is the name of the field: `global_custom.Custom.ani`. */
function redactVariable({ value, ...variable }: FlowVariable): FlowVariable {
  return { ...redactJson(variable), value: redactField(variable.name.replace(/^.*\./s, ''), value) };
}

function toEventSpelling(source: string): string {
  const snake = source.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const sdkSource = snake.replace(/^(messaging|video|voice|email)_(?=.)/, '');
  return sdkSource === 'facebook' ? 'facebook_messenger' : sdkSource;
}

/**
 * Returns the same object when nothing is new. `incoming`: normalized. `now`: ms UTC, by the server's clock.
 */
export function addObservation(stored: DatedFacts, incoming: EngagementFacts, now: number): DatedFacts {
  const news = listNews(stored, incoming);
  if (news.length === 0) return stored;

  const factsAt = { ...stored.factsAt, ...Object.fromEntries(news.map(([field]) => [field, now])) };
  for (const { name } of listChangedVariables(stored, incoming)) factsAt[dateKey(name)] = now;
  return { facts: { ...stored.facts, ...Object.fromEntries(news) }, factsAt };
}

function listNews({ facts }: DatedFacts, incoming: EngagementFacts): [string, unknown][] {
  const known: Record<string, unknown> & EngagementFacts = facts;
  return Object.entries(incoming).filter(([field, value]) => value !== undefined && !isEqual(known[field], value));
}

function listChangedVariables({ facts }: DatedFacts, { variables = [] }: EngagementFacts): FlowVariable[] {
  const values = new Map(facts.variables?.map(({ name, value }) => [variableKey(name), value]));
  return variables.filter(({ name, value }) => values.get(variableKey(name)) !== value);
}

/** The JSON of new values, in bytes. An unchanged variable beside a changed one does not count. */
function measureNews(stored: DatedFacts, incoming: EngagementFacts): number {
  const fields = listNews(stored, incoming).filter(([field]) => field !== 'variables');
  return Buffer.byteLength(JSON.stringify([fields, listChangedVariables(stored, incoming)]));
}

/** A report with facts that are not stored yet, normalized, and the bytes of those. */
type ObservationNews = { facts: EngagementFacts; bytes: number };

/**
 * Finds what is new in a report. A panel repeats its report at every switch, and normalization costs far more than a
 * digest, so a report that held nothing new before is recognized by its digest, as long as the stored object stays the
 * same.
 */
export function createNewsFinder(
  normalize = normalizeObservation,
): (stored: DatedFacts | undefined, reported: EngagementFacts) => ObservationNews | undefined {
  const repeats = new WeakMap<DatedFacts, string>();

  return (stored, reported) => {
    const digest = createHash('sha256').update(JSON.stringify(reported)).digest('base64url');
    if (stored && repeats.get(stored) === digest) return undefined;
    const facts = normalize(reported);
    if (!stored || listNews(stored, facts).length > 0) return { facts, bytes: measureNews(stored ?? noFacts, facts) };
    repeats.set(stored, digest);
    return undefined;
  };
}

export const noFacts: DatedFacts = { facts: {}, factsAt: {} };

export function joinObservation(zoom: DatedFacts, observed: DatedFacts): EngagementFacts {
  const newer = Object.entries(observed.facts).filter(([field]) => isNewer(observed, zoom, field));
  return {
    ...observed.facts,
    ...zoom.facts,
    ...Object.fromEntries(newer),
    ...joinLists(zoom, observed),
    ...joinSource(zoom, observed),
    ...joinState(zoom.facts, observed.facts),
  };
}

const isNewer = (observed: DatedFacts, zoom: DatedFacts, field: string) =>
  (observed.factsAt[field] ?? 0) > (zoom.factsAt[field] ?? 0);

function joinLists(zoom: DatedFacts, observed: DatedFacts): EngagementFacts {
  const [first = [], second = []] = isNewer(observed, zoom, 'consumers')
    ? [zoom.facts.consumers, observed.facts.consumers]
    : [observed.facts.consumers, zoom.facts.consumers];
  const consumers = mergeConsumers(first, second);

  const byName = new Map(zoom.facts.variables?.map((variable) => [variableKey(variable.name), variable]));
  for (const variable of observed.facts.variables ?? []) {
    const key = variableKey(variable.name);
    if (!byName.has(key) || isNewer(observed, zoom, dateKey(variable.name))) byName.set(key, variable);
  }
  const variables = [...byName.values()];
  return { ...(consumers.length > 0 && { consumers }), ...(variables.length > 0 && { variables }) };
}

/** A source belongs to its channel: the other side's source is used only if both sides have the same channel. */
function joinSource(zoom: DatedFacts, observed: DatedFacts): EngagementFacts {
  const { channel: zoomChannel, source: zoomSource } = zoom.facts;
  const { channel: panelChannel, source: panelSource } = observed.facts;
  if (zoomChannel === undefined || panelChannel === undefined || familyOf(zoomChannel) === familyOf(panelChannel))
    return {};
  const source = isNewer(observed, zoom, 'channel') ? panelSource : zoomSource;
  return { source: source ?? '' };
}

function joinState(zoom: EngagementFacts, observed: EngagementFacts): EngagementFacts {
  const state = zoom.state === 'end' || observed.state === 'end' ? 'end' : (observed.state ?? zoom.state);
  return state === undefined ? {} : { state };
}
