import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { sampleCountry, writePeople } from './people.ts';

/**
 * Fills the demo's directory with the sample people through the customers command, as a deployer would. Their cases and
 * contacts are dated back from the start of today (UTC), so within a day a second start finds nothing changed and skips
 * it.
 */
export async function fillDirectory(of: {
  root: string;
  dataFolder: string;
  databaseFile: string;
  environment: NodeJS.ProcessEnv;
}): Promise<'imported' | 'unchanged'> {
  const written = join(of.dataFolder, 'demo-people.new.ndjson');
  const imported = join(of.dataFolder, 'demo-people.ndjson');
  await writePeople(written, new Date().setUTCHours(0, 0, 0, 0));
  if (existsSync(of.databaseFile) && existsSync(imported) && sameText(written, imported)) return 'unchanged';

  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'server/commands/customers.ts', 'import', written, '--country', sampleCountry],
    {
      cwd: of.root,
      env: of.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    output += text;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`the sample people could not be imported:\n${output}`);
  renameSync(written, imported);
  return 'imported';
}

function sameText(one: string, other: string): boolean {
  return readFileSync(one, 'utf8') === readFileSync(other, 'utf8');
}
