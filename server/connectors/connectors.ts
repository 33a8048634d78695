import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createSeal } from '../platform/seal.ts';
import type { Database } from '../platform/storage/database.ts';
import { createIndexRebuild } from './directory/index-rebuild.ts';
import { createConnectionTokens } from './http/connection-tokens.ts';
import { createTokenStore } from './http/token-store.ts';
import type { Source } from './port/source.ts';
import { type OpenSourcesParts, openSources } from './registry.ts';
import { connectorRetention } from './retention.ts';

type Connectors = Feature & {
  /** In the order of the configuration. */
  sources: Source[];
  /** Whether the directory's index is being rebuilt after an update; look-ups may miss customers until then. */
  isRebuildingDirectory(): boolean;
};

/** Opens the configured sources. Throws where the configuration, which was checked before, cannot be opened. */
export function createConnectors(parts: {
  config: Pick<Config, 'sources' | 'secretsKey' | 'allowPrivateSources'>;
  database: Database;
  identifiers: OpenSourcesParts['identifiers'];
  clock: Clock;
  metrics: Pick<Metrics, 'sourceFailures'>;
  log: Pick<Log, 'info' | 'warn'>;
  report(error: unknown): void;
}): Connectors {
  const { config, database, identifiers, clock, metrics, log, report } = parts;
  const store = config.secretsKey && createTokenStore({ database, seal: createSeal(config.secretsKey) });
  const { sources, problems } = openSources({
    connections: config.sources,
    tokens: createConnectionTokens({ clock, store }),
    database,
    identifiers,
    clock,
    allowPrivate: config.allowPrivateSources,
    createHttp: (guard) => createHttpClient({ guard }),
    reportFailure(source, failure) {
      metrics.sourceFailures.inc({ source, kind: failure.kind });
      log.warn({ source, ...failure }, 'a source gave no answer');
    },
    reportError: report,
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const rebuild = createIndexRebuild({ database, identifiers, log, report });
  return {
    sources,
    isRebuildingDirectory: () => !rebuild.isCurrent(),
    retention: connectorRetention,
    start: rebuild.start,
    stop: rebuild.stop,
  };
}
