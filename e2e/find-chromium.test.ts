import { afterEach, expect, test, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';

afterEach(() => vi.unstubAllEnvs());

test('a CHROMIUM_PATH where nothing is fails and nothing else is tried', async () => {
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  await expect(findChromium()).rejects.toThrow('CHROMIUM_PATH: /nowhere/chromium: no executable file there');
});

test('a program that starts but is no browser is refused', async () => {
  vi.stubEnv('CHROMIUM_PATH', process.execPath);
  await expect(findChromium()).rejects.toThrow(`CHROMIUM_PATH: ${process.execPath}: browserType.launch`);
});
