/**
 * `npm run check:advisories`: asks the registry for known weaknesses of the packages in package-lock.json.
 * Exit code: 0 none of severity high or critical, 1 at least one, 2 unknown because the registry does not answer.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const severities = ['critical', 'high', 'moderate', 'low', 'info'];

const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], {
  cwd: join(import.meta.dirname, '../..'),
  encoding: 'utf8',
  shell: process.platform === 'win32',
});

function readReport() {
  try {
    const report = JSON.parse(stdout);
    return typeof report?.metadata?.vulnerabilities === 'object' ? report : { problem: report?.message };
  } catch {
    return {};
  }
}

const { metadata, vulnerabilities = {}, problem } = readReport();
if (!metadata) {
  const reason = problem ?? (stderr.trim().split('\n').at(-1) || 'npm gave no answer');
  process.stdout.write(`UNKNOWN: the registry did not answer (${reason}). This does not mean that there is none.\n`);
  process.exit(2);
}
const counts = severities.map((severity) => `${metadata.vulnerabilities[severity] ?? 0} ${severity}`);
const urgent = Object.values(vulnerabilities).filter(({ severity }) => severity === 'critical' || severity === 'high');
for (const { name, severity, range } of urgent) process.stdout.write(`${severity}: ${name} ${range}\n`);
process.stdout.write(`Known weaknesses of the packages: ${counts.join(', ')}.\n`);
process.exitCode = urgent.length > 0 ? 1 : 0;
