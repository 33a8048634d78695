import { createApp } from './app.ts';
import { checkConnections } from './connectors/registry.ts';
import { readCertainNumber } from './customers/own-numbers.ts';
import { loadConfig, readEnvironment } from './platform/config.ts';
import { createLog } from './platform/log.ts';

/** Requests under way get this long, in ms, after DRAIN_LINGER_MS; then the process ends whatever is left. */
const drainLimitMs = 10_000;

// Files of this process, the database above all, are for its user alone.
process.umask(0o077);

const loaded = loadConfig(readEnvironment(), {
  checkSources: checkConnections,
  readNumber: readCertainNumber,
});
if (loaded.kind === 'malformed') {
  const problems = loaded.problems.map((problem) => `  ${problem}\n`).join('');
  process.stderr.write(`Deskside cannot start. Correct these settings (see .env.example):\n${problems}`);
  process.exit(1);
}

const config = loaded.value;
const log = createLog(config.logLevel);

try {
  const app = await createApp(config, { log });
  const { port } = await app.start();
  log.info({ address: `http://${config.host}:${port}` }, 'Deskside is ready');
  if (config.trustPanels)
    log.warn('TRUST_PANELS=1: a panel may see and act in any engagement in which Zoom names no agent');

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), config.drainLingerMs + drainLimitMs).unref();
    app.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  // `on`, not `once`: npm, tsx and service managers may send a signal twice, and the second would end the process.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  // The message is the server's own or the operating system's and holds no personal data.
  process.stderr.write(`Deskside cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
