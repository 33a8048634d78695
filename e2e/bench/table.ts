import { cpus, totalmem } from 'node:os';
import { percentile } from './percentile.ts';

export type Row = { what: string; measured: string; floor: string; ratio: string; goal: string };

/** `more`: a table of its own, printed after that of all rows. */
export type Figures = { rows: Row[]; more?: string[] };

export const say = (line: string) => void process.stderr.write(`${line}\n`);
export const ms = (value: number) => `${value < 1 ? value.toFixed(3) : value.toFixed(1)} ms`;
export const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
export const times = (value: number) => `${value.toFixed(2)} ×`;
export const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')}/s`;

/** `measured` and `floor` in ms; `share` names the percentile that is compared. */
export function timeRow(what: string, measured: number[], floor: number[], share: number, goal: string): Row {
  const ours = percentile(measured, share);
  const theirs = percentile(floor, share);
  const both = (values: number[], top: number) => `${ms(top)} (p50 ${ms(percentile(values, 0.5))})`;
  return { what, measured: both(measured, ours), floor: both(floor, theirs), ratio: times(ours / theirs), goal };
}

export function printTables(figures: Figures[]): void {
  const cpu = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const rows = figures.flatMap((part) => part.rows);
  const lines = [
    `Machine: ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}`,
    '',
    '| what | Deskside | floor, same run | ratio | goal |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.what} | ${row.measured} | ${row.floor} | ${row.ratio} | ${row.goal} |`),
    ...figures.flatMap(({ more }) => (more ? ['', ...more] : [])),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
