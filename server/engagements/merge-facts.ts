/*
 * Facts with the date of each. A date is the time of the first event in an unbroken series with the same value: Zoom
 * repeats an engagement's context in every event, and a repeat must not override a newer value from a panel.
 */
import type { EngagementFacts, FlowVariable } from '#contract/engagements.ts';
import { mergeConsumers } from './consumers.ts';

/** ms UTC by field; each variable is dated separately, under `dateKey` of its name. */
export type FactDates = { [field: string]: number };
export type DatedFacts = { facts: EngagementFacts; factsAt: FactDates };

/** The contract's limit. */
const maxVariables = 500;

/** Variables are identified by name: the SDK has ids for them, flow posts do not. */
export const variableKey = (name: string) => name.trim().toLowerCase();
export const dateKey = (name: string) => `variables/${variableKey(name)}`;

/**
 * `reports` oldest first. The newest value of a field wins; an absent value never erases. Consumers are merged by
 * identity, variables by name. `onChange` is called with each report that changes the result.
 */
export function mergeFacts<Report extends { at: number; facts: EngagementFacts }>(
  reports: Report[],
  onChange: (report: Report) => void = () => {},
): DatedFacts {
  const facts: Record<string, unknown> & EngagementFacts = {};
  const factsAt: FactDates = {};
  const variables = new Map<string, FlowVariable>();

  for (const report of reports) {
    const { at, facts: incoming } = report;
    let isChange = false;
    const merged = incoming.consumers && { consumers: mergeConsumers(facts.consumers ?? [], incoming.consumers) };
    const { variables: incomingVariables = [], ...fields } = {
      ...incoming,
      ...clearStaleSource(facts, incoming),
      ...merged,
    };
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined || isEqual(facts[field], value)) continue;
      facts[field] = value;
      factsAt[field] = at;
      isChange = true;
    }
    for (const variable of incomingVariables) {
      const key = variableKey(variable.name);
      const before = variables.get(key);
      if (before ? before.value === variable.value : variables.size === maxVariables) continue;
      variables.set(key, variable);
      factsAt[dateKey(variable.name)] = at;
      isChange = true;
    }
    if (isChange) onChange(report);
  }
  return { facts: variables.size === 0 ? facts : { ...facts, variables: [...variables.values()] }, factsAt };
}

/** Compares two values of a field; only lists need a deep comparison. */
export const isEqual = (a: unknown, b: unknown) =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** After a chat became a call, Zoom's events name no source; the chat's would be stale. */
function clearStaleSource(known: EngagementFacts, incoming: EngagementFacts): EngagementFacts {
  const isOther = incoming.channel && known.channel && familyOf(incoming.channel) !== familyOf(known.channel);
  return isOther && known.source && incoming.source === undefined ? { source: '' } : {};
}

/** Task events call `sms` and `chat` the channel that engagement events call `messaging`. */
export const familyOf = (channel: string) => (/sms|chat|social/i.test(channel) ? 'messaging' : channel);
