/*
 * What is known of one engagement, put together from reads (whole answers to a question) and differences (events).
 *
 * - Absent never erases. `consumers` and `variables` are replaced as a whole.
 * - Between differences the host's time decides, field by field, not the order of arrival; one without a time, or with
 *   the same time (Zoom counts seconds), counts as newest. So the same differences in any order, any of them repeated,
 *   lead to the same facts, as long as their times differ.
 * - A read gives way only to what was told after the question was asked: what came before is already in the answer.
 */
import type { EngagementFacts } from '#contract/engagements.ts';

type FactName = keyof EngagementFacts;

/** When a field was last told: by the host's clock (ms UTC, null when it did not say), and in which turn. */
type Told = { at: number | null; turn: number };

export type FactRecord = {
  facts: EngagementFacts;
  told: Partial<Record<FactName, Told>>;
  /** How many differences were taken. A read remembers the turn it was asked in. */
  turn: number;
};

export const noFacts: FactRecord = { facts: {}, told: {}, turn: 0 };

export function mergeDifference(record: FactRecord, difference: EngagementFacts, at: number | null): FactRecord {
  const turn = record.turn + 1;
  const fresh = namesOf(difference).filter((name) => !isOlder(at, record.told[name]?.at ?? null));
  const told = { ...record.told };
  for (const name of fresh) told[name] = { at: at ?? record.told[name]?.at ?? null, turn };
  return { facts: take(record.facts, difference, fresh), told, turn };
}

export function mergeRead(record: FactRecord, answer: EngagementFacts, askedInTurn: number): FactRecord {
  const fresh = namesOf(answer).filter((name) => (record.told[name]?.turn ?? 0) <= askedInTurn);
  return { ...record, facts: take(record.facts, answer, fresh) };
}

/** Two engagements' worth of facts with the same fingerprint get the same answer from the server. */
export function fingerprintOf(facts: EngagementFacts): string {
  return JSON.stringify([facts.channel, facts.source, facts.queueId, facts.consumers, facts.variables]);
}

function isOlder(at: number | null, known: number | null): boolean {
  return at !== null && known !== null && at < known;
}

/** The same object when nothing differs, so that a repeated event wakes nobody. */
function take(facts: EngagementFacts, from: EngagementFacts, names: FactName[]): EngagementFacts {
  const changed = names.filter((name) => JSON.stringify(facts[name]) !== JSON.stringify(from[name]));
  if (changed.length === 0) return facts;
  return { ...facts, ...Object.fromEntries(changed.map((name) => [name, from[name]])) };
}

function namesOf(facts: EngagementFacts): FactName[] {
  return (Object.keys(facts) as FactName[]).filter((name) => facts[name] !== undefined);
}
