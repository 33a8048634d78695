import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepFormerAssets } from './former-assets.ts';

const hour = 60 * 60 * 1_000;
const start = Date.parse('2026-11-30T09:00:00Z');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'former-assets-'));
  mkdirSync(join(directory, 'assets'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** One build that writes `names`, each with its compressed twin. */
function build(names: string[], afterHours: number) {
  for (const name of names.flatMap((each) => [each, `${each}.br`]))
    writeFileSync(join(directory, 'assets', name), name);
  keepFormerAssets(directory, { current: new Set(names), now: start + afterHours * hour });
}

const listAssets = () => readdirSync(join(directory, 'assets')).filter((name) => !name.endsWith('.br'));

describe('assets of an earlier build', () => {
  it('replaced within the last day › stay, however old they are', () => {
    build(['why-a1.js'], 0);
    build(['why-b2.js'], 1_000);
    build(['why-c3.js'], 1_023);
    expect(listAssets()).toEqual(['why-a1.js', 'why-b2.js', 'why-c3.js']);
  });

  it('replaced more than a day ago › are deleted, compressed ones too', () => {
    build(['why-a1.js'], 0);
    build(['why-b2.js'], 1);
    build(['why-c3.js'], 26);
    expect(readdirSync(join(directory, 'assets'))).toEqual(['why-b2.js', 'why-b2.js.br', 'why-c3.js', 'why-c3.js.br']);
  });

  it('built again under the same name › start anew', () => {
    build(['why-a1.js'], 0);
    build(['why-b2.js'], 1);
    build(['why-a1.js'], 20);
    build(['why-b2.js'], 30);
    build(['why-b2.js'], 53);
    expect(listAssets()).toEqual(['why-a1.js', 'why-b2.js']);
  });
});
