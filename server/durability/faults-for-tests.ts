/**
 * Preloaded into every server that these tests start. It kills the process at the step that the environment names, and
 * when the process that started it ends. The product has no branch for it.
 */

import { writeSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { changeSqlite, watchStatements } from '../platform/storage/watch-statements-for-tests.ts';
import { createStepReader, type Step } from './steps-for-tests.ts';

process.once('disconnect', () => process.exit(1));
process.channel?.unref();

const { FAULT_SYNCHRONOUS: synchronous, FAULT_CHECKPOINT_PAGES: pages } = process.env;
if (synchronous === 'full' || synchronous === 'normal') changeSqlite({ synchronous, checkpointPages: Number(pages) });

const dieAt = process.env.FAULT_STEP;
if (dieAt !== undefined) dieAtStep(dieAt, Number(process.env.FAULT_TIMES ?? 1));

function dieAtStep(step: string, times: number): void {
  let left = times;
  const reach = (reached: Step) => {
    if (reached !== step) return;
    left -= 1;
    if (left > 0) return;
    writeSync(2, `killed: ${step}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  const read = createStepReader();
  watchStatements((statement) => {
    for (const reached of read(statement)) reach(reached);
  });
  const { end } = ServerResponse.prototype;
  ServerResponse.prototype.end = function (this: ServerResponse, ...parts: unknown[]) {
    // `finish` means that the operating system has every byte of the answer.
    if (this.req.url === '/zoom/webhooks') this.once('finish', () => reach('answered, not processed'));
    return end.apply(this, parts as Parameters<typeof end>);
  } as typeof end;
}
