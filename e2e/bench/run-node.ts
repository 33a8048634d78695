import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { app } from './app.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs node to its end and returns what it wrote to standard output. */
export async function runNode(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawnNode(args, env);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return output;
}

export type Running = { child: ChildProcess; firstLine: string };

/** Starts a server and waits for its first line of output. */
export async function startNode(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = spawnNode(args, env);
  const lines = createInterface({ input: child.stdout });
  const firstLine = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`node ${args.join(' ')} ended with ${code}`)));
  });
  return { child, firstLine };
}

/** The product as an installation starts it; `settings` are its environment. */
export function startServer(settings: NodeJS.ProcessEnv): Promise<Running> {
  return startNode(['dist/server/main.js'], {
    PORT: '0',
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    ZOOM_CLIENT_ID: app.clientId,
    ZOOM_CLIENT_SECRET: app.clientSecret,
    ...settings,
  });
}

/** A server of ours writes its address; a floor its port. */
export function originOf({ firstLine }: Running): string {
  const { address, port } = JSON.parse(firstLine) as { address?: string; port?: number };
  return address ?? `http://127.0.0.1:${port}`;
}

function spawnNode(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  return child;
}
