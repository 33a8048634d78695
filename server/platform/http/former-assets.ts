import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const retentionMs = 24 * 60 * 60 * 1_000;

/**
 * Keeps the assets of earlier builds for a day after the build that replaced them: a panel that was open during the
 * deploy still fetches what it loads on use. `former-assets.json` in the directory notes since when each is replaced.
 */
export function keepFormerAssets(
  directory: string,
  { current, now }: { current: ReadonlySet<string>; now: number },
): void {
  const assets = join(directory, 'assets');
  const record = join(directory, 'former-assets.json');
  const known: Record<string, string> = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  const former: Record<string, string> = {};
  for (const name of readdirSync(assets)) {
    if (current.has(name.replace(/\.br$/, ''))) continue;
    const replacedAt = known[name] ?? new Date(now).toISOString();
    if (now - Date.parse(replacedAt) > retentionMs) rmSync(join(assets, name));
    else former[name] = replacedAt;
  }
  writeFileSync(record, `${JSON.stringify(former, null, 2)}\n`);
}
