import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/**
 * Bytes of JavaScript that the first load fetches, after brotli: the page's own script and what it imports statically.
 */
export function firstLoadBytes(built: string): number {
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  const waiting = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file ?? '');
  const loaded = new Map<string, number>();
  while (waiting.length > 0) {
    const file = waiting.pop() ?? '';
    if (loaded.has(file)) continue;
    const source = readFileSync(join(built, file));
    loaded.set(file, brotliCompressSync(source).length);
    for (const [, name] of source.toString('utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      waiting.push(`assets/${name}`);
    }
  }
  if (loaded.size === 0) throw new Error(`No script found in ${built} (${readdirSync(built).join(', ')})`);
  return [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
}
