import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { BuiltServer } from '../built-server-for-tests.ts';

/** A real server in a process of its own, as a deployment has it. */
export type ServerProcess = {
  port: number;
  /** Resolves when it is gone, however; with the signal that ended it and everything it wrote to stderr. */
  ended: Promise<{ signal: NodeJS.Signals | null; complaints: string }>;
  hasEnded(): boolean;
  /** Resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
};

export const webhookSecret = 'a-secret-token-of-the-webhook-page';
export const zoomClientSecret = 'a secret of the app';
export const zoomAccountId = 'aQ7vT2mXRk6LwYb0ZsEo4g';

/** Resolves once it says that it is ready; rejects with its own words when it ends before. */
export async function startServer(built: BuiltServer, environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', built.faults, built.main], {
    // Away from the checkout, whose .env would be read.
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LOG_LEVEL: 'info',
      DRAIN_LINGER_MS: '100',
      ZOOM_CLIENT_ID: 'client-1',
      ZOOM_CLIENT_SECRET: zoomClientSecret,
      ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
      ...environment,
    },
    // The channel closes when these tests end; the child then ends too.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (text) => {
    complaints += text;
  });
  const ended = once(child, 'close').then(([, signal]) => ({ signal: signal as NodeJS.Signals | null, complaints }));
  const port = new Promise<number>((resolve) => {
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
      const found = /"address":"http:\/\/[^"]*:(\d+)"/.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  const early = ended.then((end) => {
    throw new EndedEarly(`The server ended before it was ready (${end.signal ?? 'exit'}): ${end.complaints}`);
  });
  early.catch(() => {});
  return {
    port: await Promise.race([port, early]),
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

export class EndedEarly extends Error {}
