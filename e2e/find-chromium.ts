/**
 * Finds a Chromium for the end-to-end tests, or installs one. In order: CHROMIUM_PATH (then nothing else is tried), one
 * on PATH, Playwright's own (installed before, or downloaded), the distribution's package where this process is root. A
 * candidate counts only once it has opened a page: `--version` also succeeds where a library or the architecture fails
 * later. The result is stored, so that the Playwright configuration need not search again.
 */

import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';

type FoundChromium = { path: string; source: string };
type Step = { source: string; listPaths(): string[] | Promise<string[]> };

const run = promisify(execFile);
const storedResult = fileURLToPath(new URL('../node_modules/.cache/deskside/chromium.json', import.meta.url));

/**
 * On a closed network these keep Chromium from calling home. Playwright itself leaves the sandbox off, as root needs.
 */
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** For the Playwright configuration; without a stored result Playwright launches its own browser. */
export function chromiumLaunchOptions(): { executablePath?: string; args: string[] } {
  try {
    const { path } = JSON.parse(readFileSync(storedResult, 'utf8')) as FoundChromium;
    return { executablePath: path, args };
  } catch {
    return { args };
  }
}

const searchSteps: Step[] = [
  { source: 'on PATH', listPaths: listPathsOnPath },
  { source: "Playwright's own", listPaths: () => [chromium.executablePath()] },
  { source: 'downloaded by Playwright', listPaths: downloadByPlaywright },
  { source: "the distribution's package", listPaths: installPackage },
];

export async function findChromium(): Promise<FoundChromium> {
  const configured = process.env.CHROMIUM_PATH;
  const steps = configured ? [{ source: 'CHROMIUM_PATH', listPaths: () => [configured] }] : searchSteps;
  const reasons: string[] = [];
  for (const { source, listPaths } of steps) {
    try {
      for (const path of await listPaths()) {
        const reason = await findLaunchFailure(path);
        if (reason === undefined) {
          const found = { path, source };
          mkdirSync(dirname(storedResult), { recursive: true });
          writeFileSync(storedResult, JSON.stringify(found));
          return found;
        }
        reasons.push(`- ${source}: ${path}: ${reason}`);
      }
    } catch (error) {
      reasons.push(`- ${source}: ${firstLine(error)}`);
    }
  }
  throw new Error(['No Chromium could be started. Set CHROMIUM_PATH to one that can.', ...reasons].join('\n'));
}

async function findLaunchFailure(path: string): Promise<string | undefined> {
  if (!isExecutable(path)) return 'no executable file there';
  try {
    const browser = await chromium.launch({ executablePath: path, args, timeout: 30_000 });
    try {
      const page = await browser.newPage();
      await page.goto('about:blank');
      return undefined;
    } finally {
      await browser.close();
    }
  } catch (error) {
    return firstLine(error);
  }
}

function listPathsOnPath(): string[] {
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isExecutable);
}

async function downloadByPlaywright(): Promise<string[]> {
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
  // A network that drops packets must not delay the next step.
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  await run(process.execPath, [playwright, 'install', '--no-shell', 'chromium'], { timeout: 300_000, env });
  return [chromium.executablePath()];
}

async function installPackage(): Promise<string[]> {
  if (process.getuid?.() !== 0) throw new Error('only root installs packages: apt-get install chromium');
  const options = {
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  await run('apt-get', ['update'], options);
  const install = (name: string) => run('apt-get', ['install', '-y', '--no-install-recommends', name], options);
  // The tests run twice as fast in the headless shell; older distributions have only the whole browser.
  await install('chromium-headless-shell').catch(() => install('chromium'));
  return listPathsOnPath();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { path, source } = await findChromium();
    process.stdout.write(`Chromium: ${path} (${source})\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
