import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';

describe('find-chromium', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('CHROMIUM_PATH names no file › rejects and tries nothing else', async () => {
    vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
    await expect(findChromium()).rejects.toThrow(/CHROMIUM_PATH: \/nowhere\/chromium: no executable file there$/);
  });

  it('CHROMIUM_PATH names a program that is no browser › rejects', async () => {
    vi.stubEnv('CHROMIUM_PATH', process.execPath);
    await expect(findChromium()).rejects.toThrow(`CHROMIUM_PATH: ${process.execPath}: browserType.launch`);
  });

  it('nothing starts › tries PATH, Playwright and, as root, the package, and never sudo', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deskside-chromium-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const calls = join(folder, 'calls');
    for (const name of ['chromium', 'apt-get', 'sudo']) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $1" >> '${calls}'\nexit 1\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'e2e/find-chromium.ts'], {
      encoding: 'utf8',
      env: {
        PATH: folder,
        HOME: folder,
        // A file where a folder is needed makes the download fail at once.
        PLAYWRIGHT_BROWSERS_PATH: join(folder, 'chromium'),
      },
    });
    const sources = stderr.split('\n').flatMap((line) => /^- ([^:]+):/.exec(line)?.[1] ?? []);
    expect(sources).toEqual(['on PATH', "Playwright's own", 'downloaded by Playwright', "the distribution's package"]);
    expect(status).toBe(1);
    const programs = readFileSync(calls, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(programs).toEqual(process.getuid?.() === 0 ? ['chromium', 'apt-get'] : ['chromium']);
  });
});
