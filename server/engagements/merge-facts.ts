/*
 * Facts, and since when each has been said. A date is that of the first in an unbroken row of tellings of the same value:
 * Zoom repeats an engagement's context in every event, and a repeat must not beat what somebody has heard since.
 */
import type { EngagementFacts, FlowVariable } from '#contract/engagements.ts';
import { mergeConsumers } from './consumers.ts';

/** ms UTC, by field; each variable has a date of its own, under `dateKey` of its name. */
export type FactDates = { [field: string]: number };
export type DatedFacts = { facts: EngagementFacts; factsAt: FactDates };

/** The contract's bound. */
const maxVariables = 500;

/** Variables are told apart by name: the SDK has ids for them that a flow's post does not know. */
export const variableKey = (name: string) => name.trim().toLowerCase();
export const dateKey = (name: string) => `variables/${variableKey(name)}`;

/**
 * `tellings` oldest first. The newest of a field wins, absent never erases; consumers are merged by person, variables by
 * name.
 */
export function mergeFacts(tellings: { at: number; facts: EngagementFacts }[]): DatedFacts {
  const facts: Record<string, unknown> & EngagementFacts = {};
  const factsAt: FactDates = {};
  const variables = new Map<string, FlowVariable>();

  for (const { at, facts: said } of tellings) {
    const merged = said.consumers && { consumers: mergeConsumers(facts.consumers ?? [], said.consumers) };
    const { variables: told = [], ...fields } = { ...said, ...clearStaleSource(facts, said), ...merged };
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined || isEqual(facts[field], value)) continue;
      facts[field] = value;
      factsAt[field] = at;
    }
    for (const variable of told) {
      const key = variableKey(variable.name);
      const before = variables.get(key);
      if (before ? before.value === variable.value : variables.size === maxVariables) continue;
      variables.set(key, variable);
      factsAt[dateKey(variable.name)] = at;
    }
  }
  return { facts: variables.size === 0 ? facts : { ...facts, variables: [...variables.values()] }, factsAt };
}

/** Of two values of a field. Most are text: only lists need a closer look. */
export const isEqual = (a: unknown, b: unknown) =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** A chat that became a call leaves its source behind, and Zoom's events of a call name none: kept, it would say chat. */
function clearStaleSource(known: EngagementFacts, said: EngagementFacts): EngagementFacts {
  const isOther = said.channel && known.channel && familyOf(said.channel) !== familyOf(known.channel);
  return isOther && known.source && said.source === undefined ? { source: '' } : {};
}

/** A task calls `sms` and `chat` what the engagement's own events call `messaging`. */
export const familyOf = (channel: string) => (/sms|chat|social/i.test(channel) ? 'messaging' : channel);
