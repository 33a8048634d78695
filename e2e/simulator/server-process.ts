import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Deskside's server as a child process of the demo, restarted when its code or the panel it serves changes. */
type ServerProcess = {
  /** Resolves when the server is able to serve; rejects when it ended or took too long. */
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const endWithParent = new URL('./end-with-parent.js', import.meta.url).href;
const fromSources = ['--import', 'tsx', 'server/main.ts'];
const readyWithin = 30_000;
const stopWithin = 5_000;

export function createServerProcess(of: {
  root: string;
  url: string;
  environment: NodeJS.ProcessEnv;
  /** Arguments of Node.js; without them it runs the sources. */
  command?: string[];
  /** It ended without being asked to. */
  onDeath(how: string): void;
}): ServerProcess {
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn(process.execPath, ['--import', endWithParent, ...(of.command ?? fromSources)], {
      cwd: of.root,
      env: of.environment,
      // The channel carries no messages; its close is the child's signal that this process has ended.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Out of the terminal's group, so that Ctrl-C reaches it through `stop` alone and it may finish what it does.
      detached: true,
    });
    child = started;
    let isReady = false;
    started.once('exit', (code, signal) => {
      const wasAskedTo = child !== started;
      if (!wasAskedTo) child = null;
      if (!wasAskedTo && isReady) of.onDeath(signal ?? `exit code ${code}`);
    });
    await waitUntilReady(`${of.url}/readyz`, started);
    isReady = true;
  }

  async function stop(): Promise<void> {
    const stopping = child;
    child = null;
    if (!stopping || hasEnded(stopping)) return;
    const ended = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGTERM');
    const killTimeout = setTimeout(() => stopping.kill('SIGKILL'), stopWithin);
    await ended;
    clearTimeout(killTimeout);
  }

  return {
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
  };
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyWithin;
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error('the server ended before it was ready; what it said stands above');
    const isReady = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error(`the server was not ready within ${readyWithin / 1000} s`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
