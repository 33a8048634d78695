import { crmNames } from '../simulator/crms/crm-names.ts';
import { percentile } from './percentile.ts';
import { allAtOnce, type Condition, everywhere, inTurn, latency, without } from './source-failures.ts';
import type { CardTimes } from './source-panel.ts';
import { ms, type Row, times } from './table.ts';

/** `messages`: what the panel shows of failed sources. */
type ConditionTimes = { condition: Condition; times: CardTimes[]; messages: string[] };

/** In ms. */
type Goal = { p95: number; p99?: number };
const paintGoal: Goal = { p95: 500, p99: 1_000 };
const wholeGoal: Goal = { p95: 500 };

const all = (values: number[]) =>
  `p50 ${ms(percentile(values, 0.5))}, p95 ${ms(percentile(values, 0.95))}, p99 ${ms(percentile(values, 0.99))}`;
const change = (value: number, before: number) =>
  `${value < before ? '−' : '+'}${Math.abs((value / before - 1) * 100).toFixed(1)} %`;

/** Until the circuit breaker of a dead source opens. */
const callsUntilOpen = 5;
const failureGoal = 1.05;

export function sourceRows(measured: ConditionTimes[], floor: number[]): Row[] {
  const row = (what: string, values: number[], goal: Goal): Row => {
    const { p95, p99 = Number.POSITIVE_INFINITY } = goal;
    return {
      what,
      measured: all(values),
      floor: all(floor),
      ratio: times(percentile(values, 0.95) / percentile(floor, 0.95)),
      goal: [`p95 ≤ ${p95} ms`, goal.p99 && `p99 ≤ ${goal.p99} ms`].filter(Boolean).join(', '),
      isHeld: percentile(values, 0.95) <= p95 && percentile(values, 0.99) <= p99,
    };
  };
  const where = `six sources at ${latency} ms`;
  const failing = painted(measured, allAtOnce);
  const healthy = painted(measured, without);
  const failureRatio = percentile(failing, 0.95) / percentile(healthy, 0.95);
  return [
    row(`new engagement → card painted, ${where}, held by one`, painted(measured, inTurn), paintGoal),
    row('… until the whole card is painted, with cases', wholes(measured, inTurn), wholeGoal),
    {
      what: '… whole card by the source that holds the customer, p50',
      measured: bySource(measured),
      floor: '–',
      ratio: '–',
      goal: '–',
    },
    row(`new engagement → card painted, ${where}, held by five`, painted(measured, everywhere), paintGoal),
    row('… until the whole card is painted, with cases of five', wholes(measured, everywhere), wholeGoal),
    {
      what: 'card painted, one source dead, one at 2 s, one 429, one garbage; floor: all healthy',
      measured: all(failing),
      floor: all(healthy),
      ratio: times(failureRatio),
      goal: `≤ ${failureGoal} ×`,
      isHeld: failureRatio <= failureGoal,
    },
  ];
}

/** Cards of a healthy source while other sources fail. */
export function failureTable(measured: ConditionTimes[]): string[] {
  const base = painted(measured, without);
  const compared = measured.filter(({ condition }) => condition !== inTurn && condition !== everywhere);
  return [
    '| failure of one source | card painted from the others | slowest of the first five | p50, p95 changed by | messages of the panel |',
    '| --- | --- | --- | --- | --- |',
    ...compared.map(({ condition, messages }) => {
      const values = painted(measured, condition);
      const changes = [0.5, 0.95].map((share) => change(percentile(values, share), percentile(base, share)));
      const changed = condition === without ? '–' : changes.join(', ');
      const first = ms(Math.max(...values.slice(0, callsUntilOpen)));
      return `| ${condition.name} | ${all(values)} | ${first} | ${changed} | ${messages.join(' · ') || '–'} |`;
    }),
  ];
}

function timesOf(measured: ConditionTimes[], condition: Condition): CardTimes[] {
  return measured.find((entry) => entry.condition === condition)?.times ?? [];
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
