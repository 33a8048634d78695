import { cpus, totalmem } from 'node:os';
import { percentile } from './percentile.ts';

/** `isHeld`: whether the goal is reached; undefined where the row has no goal. */
export type Row = { what: string; measured: string; floor: string; ratio: string; goal: string; isHeld?: boolean };

/** `more`: a table of its own, printed below the table of all rows. */
export type Figures = { rows: Row[]; more?: string[] };

/** At most `ms` for the percentile of the row, at most `times` the floor's. */
type TimeGoal = { ms?: number; times?: number };

export const log = (line: string) => void process.stderr.write(`${line}\n`);
export const ms = (value: number) => `${value < 1 ? value.toFixed(3) : value.toFixed(1)} ms`;
export const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
export const times = (value: number) => `${value.toFixed(2)} ×`;
export const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')}/s`;

/** `measured` and `floor` in ms; `share` names the percentile that is compared. */
export function timeRow(what: string, measured: number[], floor: number[], share: number, goal: TimeGoal): Row {
  const value = percentile(measured, share);
  const floorValue = percentile(floor, share);
  const withMedian = (values: number[], top: number) => `${ms(top)} (p50 ${ms(percentile(values, 0.5))})`;
  return {
    what,
    measured: withMedian(measured, value),
    floor: withMedian(floor, floorValue),
    ratio: times(value / floorValue),
    goal: [goal.ms && `≤ ${goal.ms} ms`, goal.times && `≤ ${goal.times} ×`].filter(Boolean).join(', '),
    isHeld:
      value <= (goal.ms ?? Number.POSITIVE_INFINITY) && value / floorValue <= (goal.times ?? Number.POSITIVE_INFINITY),
  };
}

export function printTables(figures: Figures[]): void {
  const cpu = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const rows = figures.flatMap((part) => part.rows);
  const lines = [
    `Machine: ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}`,
    '',
    '| what | Deskside | floor, same run | ratio | goal | holds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| ${row.what} | ${row.measured} | ${row.floor} | ${row.ratio} | ${row.goal} | ${describeGoal(row.isHeld)} |`,
    ),
    ...figures.flatMap(({ more }) => (more ? ['', ...more] : [])),
    '',
    `Goals that hold: ${rows.filter((row) => row.isHeld).length} of ${rows.filter((row) => row.isHeld !== undefined).length}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describeGoal(isHeld: boolean | undefined): string {
  if (isHeld === undefined) return '–';
  return isHeld ? 'yes' : '**no**';
}
