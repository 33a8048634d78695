/**
 * Finds a Chromium for the end-to-end tests, or gets one. In order: CHROMIUM_PATH (then nothing else is tried), the
 * browser Playwright installed earlier, one on this machine, a download by Playwright, the distribution's package.
 * A candidate counts only once it has opened a page here: `--version` also succeeds where the sandbox, a library or the
 * architecture then fails. The answer is remembered, so that the Playwright configuration need not search again.
 */

import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { chromium } from '@playwright/test';

type FoundChromium = { path: string; source: string };
type Step = { source: string; candidates(): string[] | Promise<string[]> };

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const memory = fileURLToPath(new URL('../node_modules/.cache/deskside/chromium.json', import.meta.url));

/** On a closed network these keep Chromium from calling home. Playwright itself leaves the sandbox off, as root needs. */
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** For the Playwright configuration; without a remembered answer Playwright's own browser is meant. */
export function chromiumLaunchOptions(): { executablePath?: string; args: string[] } {
  try {
    const { path } = JSON.parse(readFileSync(memory, 'utf8')) as FoundChromium;
    return { executablePath: path, args };
  } catch {
    return { args };
  }
}

export async function findChromium(): Promise<FoundChromium> {
  const given = process.env.CHROMIUM_PATH;
  const found = await firstThatOpens(given ? [{ source: 'CHROMIUM_PATH', candidates: () => [given] }] : searchSteps);
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify(found));
  return found;
}

const searchSteps: Step[] = [
  { source: "Playwright's own", candidates: () => [chromium.executablePath()] },
  { source: 'found on this machine', candidates: pathsOnThisMachine },
  { source: 'downloaded by Playwright', candidates: downloadByPlaywright },
  { source: "the distribution's package", candidates: installPackage },
];

async function firstThatOpens(steps: Step[]): Promise<FoundChromium> {
  const reasons: string[] = [];
  for (const { source, candidates } of steps) {
    try {
      const paths = await candidates();
      if (paths.length === 0) reasons.push(`${source}: none`);
      for (const path of paths) {
        const reason = await whyItDoesNotOpen(path);
        if (reason === undefined) return { path, source };
        reasons.push(`${source}: ${path}: ${reason}`);
      }
    } catch (error) {
      reasons.push(`${source}: ${shorten(error)}`);
    }
  }
  throw new Error(
    ['No Chromium could be started. Set CHROMIUM_PATH to one that can.', ...reasons.map((r) => `- ${r}`)].join('\n'),
  );
}

async function whyItDoesNotOpen(path: string): Promise<string | undefined> {
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
    return shorten(error);
  }
}

function pathsOnThisMachine(): string[] {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin', '/snap/bin'];
  const apps = ['/Applications', join(homedir(), 'Applications')];
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'],
    ...apps.flatMap((folder) => ['Google Chrome', 'Chromium'].map((n) => `${folder}/${n}.app/Contents/MacOS/${n}`)),
  ];
  return [...new Set(candidates)].filter(isExecutable);
}

async function downloadByPlaywright(): Promise<string[]> {
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
  await run(process.execPath, [playwright, 'install', '--no-shell', 'chromium'], {
    timeout: 300_000,
    // A network that swallows packets must not hold up the next step.
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' },
  });
  return [chromium.executablePath()];
}

async function installPackage(): Promise<string[]> {
  const managers = [
    ['apt-get', 'update'],
    ['apt-get', '-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', 'chromium'],
    ['dnf', 'install', '-y', 'chromium'],
    ['apk', 'add', 'chromium'],
  ].filter(([name = '']) => isExecutable(join('/usr/bin', name)) || isExecutable(join('/sbin', name)));
  if (managers.length === 0) return [];
  for (const command of managers) await runAsRoot(command);
  return pathsOnThisMachine();
}

/** `sudo -n` fails at once where it would ask for a password. */
async function runAsRoot(command: string[]): Promise<void> {
  const [name = '', ...rest] = isRoot ? command : ['sudo', '-n', ...command];
  await run(name, rest, {
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first line says what failed; the last ones usually why. Playwright's own progress between them does not help. */
function shorten(error: unknown): string {
  const lines = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
    .split('\n')
    .filter((line) => /\w/.test(line) && !/Call log:|Browser logs:|<launching>|<gracefully|temporary dir/.test(line))
    .map((line) => line.trim().slice(0, 200));
  return [...lines.slice(0, 1), ...lines.slice(1).slice(-3)].join(' | ');
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
