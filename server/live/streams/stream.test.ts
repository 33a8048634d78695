import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createStream } from './stream.ts';
import type { ViewFrames } from './view-frames.ts';

type Composition = { name: string; finish(): void };

/** A stream whose views are composed when the test says so. `written`: the frames that were sent. */
function open() {
  const written: string[] = [];
  const compositions: Composition[] = [];
  const response = Object.assign(new EventEmitter(), {
    headersSent: false,
    writeHead: () => {},
    flushHeaders: () => {},
    write: (frame: Buffer) => written.push(frame.toString()) > 0,
    end: () => {},
    destroy: () => {},
  });
  const compose = (name: string) =>
    new Promise<Buffer>((resolve) => {
      compositions.push({ name, finish: () => resolve(Buffer.from(name)) });
    });
  const frames: ViewFrames = {
    engagement: (_agent, engagementId, id) => compose(`${engagementId} as of ${id}`),
    reset: (_agent, id) => compose(`all as of ${id}`),
  };
  const stream = createStream({
    session: { account: 'main', uid: 'agent-1', role: 'agent', sessionId: 's', expiresAt: 10 },
    response: response as unknown as ServerResponse,
    frames,
    limits: { keepAliveMs: 1_000_000, slowMs: 1_000_000, endMs: 1 },
    now: () => 1,
    onSent: () => {},
    onClosed: () => {},
    onFailure: (error) => {
      throw error;
    },
  });
  onTestFinished(() => void response.emit('close'));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    stream,
    written,
    composing: () => compositions.map(({ name }) => name),
    /** Finishes the oldest composition that is under way. */
    async finish() {
      compositions.shift()?.finish();
      await settle();
    },
  };
}

test('stream › an engagement changes while its view is composed › the newer view is sent as well', async () => {
  const { stream, written, composing, finish } = open();
  stream.resume(3, new Map([['E-1', 4]]));
  expect(composing()).toEqual(['E-1 as of 4']);
  stream.enqueue('E-1', 5);
  await finish();
  expect(composing()).toEqual(['E-1 as of 5']);
  await finish();
  expect(written).toEqual(['E-1 as of 4', 'E-1 as of 5']);
  expect(composing()).toEqual([]);
});

test('stream › another engagement changes while a view is composed › both are sent once', async () => {
  const { stream, written, finish } = open();
  stream.resume(3, new Map([['E-1', 4]]));
  stream.enqueue('E-2', 5);
  for (let count = 0; count < 3; count++) await finish();
  expect(written).toEqual(['E-1 as of 4', 'E-2 as of 5']);
});

test('stream › everything is to be sent again while the snapshot is composed › the newer snapshot is sent as well', async () => {
  const { stream, written, composing, finish } = open();
  stream.reset(4);
  stream.reset(6);
  await finish();
  expect(composing()).toEqual(['all as of 6']);
  await finish();
  expect(written).toEqual(['all as of 4', 'all as of 6']);
});

test('stream › an engagement changes while the snapshot is composed › is sent after it', async () => {
  const { stream, written, finish } = open();
  stream.reset(4);
  stream.enqueue('E-1', 5);
  for (let count = 0; count < 3; count++) await finish();
  expect(written).toEqual(['all as of 4', 'E-1 as of 5']);
});
