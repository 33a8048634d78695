/**
 * Two servers under load in turn, in short bursts, so that a machine that slows down slows both. Beside the ratio of
 * their rates stands the ratio of the CPU time that a request costs, which other work on the machine hardly changes.
 */
import { readFileSync } from 'node:fs';
import type { Running } from './run-node.ts';
import { perSecond, type Row, times } from './table.ts';

/** Requests per second, their number, and the median and 99th percentile of their time, in ms. */
export type Load = { perSecond: number; requests: number; p50: number; p99: number };

/** `settle` returns when the server has worked off what a burst left behind; its time and CPU are not counted. */
type LoadedServer = { server: Running; load(seconds: number): Promise<Load>; settle?(): Promise<void> };

const rounds = 3;
const burstSeconds = 3;
/** Until the JIT compiler has settled: so many requests, at most so many bursts. */
const warmUp = { requests: 10_000, bursts: 5 };

export async function compareLoads(what: string, ours: LoadedServer, floor: LoadedServer, goal: number): Promise<Row> {
  for (const loaded of [floor, ours]) {
    let requests = 0;
    for (let burst = 0; burst < warmUp.bursts && requests < warmUp.requests; burst += 1) {
      requests += (await loaded.load(burstSeconds)).requests;
    }
    await loaded.settle?.();
  }
  const floorBursts: Burst[] = [];
  const ourBursts: Burst[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floorBursts.push(await measureBurst(floor));
    ourBursts.push(await measureBurst(ours));
  }
  const result = summarize(ourBursts);
  const floorResult = summarize(floorBursts);
  const ratio = result.perSecond / floorResult.perSecond;
  const cpuRatio = floorResult.cpuMs / result.cpuMs;
  return {
    what,
    measured: `${perSecond(result.perSecond)} (p50 ${result.p50} ms, p99 ${result.p99} ms)`,
    floor: perSecond(floorResult.perSecond),
    ratio: Number.isNaN(cpuRatio) ? times(ratio) : `${times(ratio)} (by CPU time ${times(cpuRatio)})`,
    goal: `≥ ${goal} ×`,
    isHeld: ratio >= goal,
  };
}

type Burst = Load & { cpuMs: number };

async function measureBurst({ server, load, settle }: LoadedServer): Promise<Burst> {
  const before = readCpuMs(server);
  const measured = await load(burstSeconds);
  const cpuMs = readCpuMs(server) - before;
  await settle?.();
  return { ...measured, cpuMs };
}

/** `cpuMs` of one request. */
function summarize(bursts: Burst[]) {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    perSecond: sum(bursts.map((burst) => burst.perSecond)) / bursts.length,
    p50: bursts.map((burst) => burst.p50).toSorted((a, b) => a - b)[Math.floor(bursts.length / 2)] ?? Number.NaN,
    p99: Math.max(...bursts.map((burst) => burst.p99)),
    cpuMs: sum(bursts.map((burst) => burst.cpuMs)) / sum(bursts.map((burst) => burst.requests)),
  };
}

/** User and system time of the process, from Linux's procfs: a tick is 10 ms. NaN elsewhere. */
function readCpuMs({ child }: Running): number {
  try {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
