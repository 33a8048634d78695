import { crmNames } from '../simulator/crms/crm-names.ts';
import { percentile } from './percentile.ts';
import type { CardTimes } from './source-panel.ts';
import { allAtOnce, type Condition, everywhere, inTurn, latency, without } from './source-troubles.ts';
import { ms, type Row, times } from './table.ts';

/** What the panel says of sources, where they fail. */
export type ConditionTimes = { condition: Condition; times: CardTimes[]; said: string[] };

const goal = { p95: 500, p99: 1_000 };
const goalWords = `p95 ≤ ${goal.p95} ms, p99 ≤ ${goal.p99 / 1_000} s`;

const all = (values: number[]) =>
  `p50 ${ms(percentile(values, 0.5))}, p95 ${ms(percentile(values, 0.95))}, p99 ${ms(percentile(values, 0.99))}`;
const change = (value: number, before: number) =>
  `${value < before ? '−' : '+'}${Math.abs((value / before - 1) * 100).toFixed(1)} %`;

const heldBy = '… whole, by who holds it, p50; HubSpot gives three answers one after the other, the others two';

/** Before the breaker of a dead source opens, which is then asked no more. */
const untilOpen = 5;

export function sourceRows(measured: ConditionTimes[], floor: number[]): Row[] {
  const row = (what: string, values: number[], base: number[], words: string): Row => ({
    ...{ what, measured: all(values), floor: all(base), goal: words },
    ratio: times(percentile(values, 0.95) / percentile(base, 0.95)),
  });
  const where = `six sources at ${latency} ms`;
  return [
    row(`new engagement → card painted, ${where}, held by one`, painted(measured, inTurn), floor, goalWords),
    row('… until the card is whole, cases and all', wholes(measured, inTurn), floor, '–'),
    { ...{ what: heldBy, measured: bySource(measured) }, ...{ floor: '–', ratio: '–', goal: '–' } },
    row(`new engagement → card painted, ${where}, held by five`, painted(measured, everywhere), floor, goalWords),
    row('… until the last of the five has told its cases', wholes(measured, everywhere), floor, '–'),
    row(
      'the same, one dead, one at 2 s, one 429, one rubbish, beside none of it',
      painted(measured, allAtOnce),
      painted(measured, without),
      '≤ 1.05 ×',
    ),
  ];
}

/** The cards of one source that is well, while others are not. */
export function troubleTable(measured: ConditionTimes[]): string[] {
  const base = painted(measured, without);
  const compared = measured.filter(({ condition }) => condition !== inTurn && condition !== everywhere);
  return [
    '| one source’s trouble | the others’ card painted | first five, at most | p50, p95 changed by | what the panel says |',
    '| --- | --- | --- | --- | --- |',
    ...compared.map(({ condition, said }) => {
      const values = painted(measured, condition);
      const changes = [0.5, 0.95].map((share) => change(percentile(values, share), percentile(base, share)));
      const changed = condition === without ? '–' : changes.join(', ');
      const first = ms(Math.max(...values.slice(0, untilOpen)));
      return `| ${condition.name} | ${all(values)} | ${first} | ${changed} | ${said.join(' · ') || '–'} |`;
    }),
  ];
}

function timesOf(measured: ConditionTimes[], condition: Condition): CardTimes[] {
  return measured.find((one) => one.condition === condition)?.times ?? [];
}

function painted(measured: ConditionTimes[], condition: Condition): number[] {
  return timesOf(measured, condition).map((card) => card.painted);
}

function wholes(measured: ConditionTimes[], condition: Condition): number[] {
  return timesOf(measured, condition).map((card) => card.whole);
}

function bySource(measured: ConditionTimes[]): string {
  const cards = timesOf(measured, inTurn);
  return crmNames
    .map((name) => {
      const held = cards.filter(({ holders }) => holders.includes(name)).map((card) => card.whole);
      return `${name} ${ms(percentile(held, 0.5))}`;
    })
    .join(', ');
}
