import { type Clock, systemClock } from '../../platform/clock.ts';
import { createHttpClient, type HttpClient } from '../../platform/http-client.ts';
import type { Database } from '../../platform/storage/database.ts';
import { type ConnectionTokens, createConnectionTokens } from '../http/connection-tokens.ts';
import { openConnection } from '../open-connection.ts';
import type { Connector, ConnectorDefinition } from '../port/connector.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import type { Failure } from '../port/outcome.ts';
import type { Source } from '../port/source.ts';
import type { FakeCrm } from './fake-crm-server.ts';
import { identifierReaderForTests } from './identifier-reader-for-tests.ts';

export type FakeConnectionOptions = {
  clock?: Clock;
  tokens?: ConnectionTokens;
  database?: Database;
  /** Merged into the fake's own. */
  settings?: Record<string, unknown>;
  deadlineMs?: number;
  /** By default there are none, since a suite would exceed them. */
  limits?: ConnectorDefinition['limits'];
  /** Replaces the HTTP client, to change answers. */
  http?: HttpClient;
  /** By default a simple one for tests. */
  readers?: IdentifierReader;
};

/** `failures` of requests to the fake; `errors` that the connector threw. */
export type FakeConnection = { connector: Connector; source: Source; failures: Failure[]; errors: unknown[] };

/** Connects to a fake with the parts of the product. */
export function connectToFake(
  definition: ConnectorDefinition,
  fake: Pick<FakeCrm, 'settings' | 'secrets'>,
  options: FakeConnectionOptions = {},
): FakeConnection {
  const {
    clock = systemClock,
    tokens = createConnectionTokens({ clock }),
    deadlineMs,
    readers = identifierReaderForTests,
  } = options;
  const failures: Failure[] = [];
  const errors: unknown[] = [];
  const opened = openConnection({
    id: 'fake',
    label: definition.label,
    tokens,
    clock,
    identifiers: readers,
    allowPrivate: true,
    definition: {
      ...definition,
      limits: options.limits ?? Object.fromEntries(Object.keys(definition.limits).map((name) => [name, fast])),
    },
    settings: definition.settings.parse({ ...fake.settings, ...fake.secrets, ...options.settings }),
    http: options.http ?? createHttpClient(),
    database: options.database ?? unreachableDatabase(),
    reportFailure: (_connection, failure) => failures.push(failure),
    reportError: (error) => errors.push(error),
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  return { ...opened, failures, errors };
}

const fast = { perSecond: 10_000, burst: 10_000 };

/** Only the built-in directory needs one. */
function unreachableDatabase(): Database {
  const refuse = () => {
    throw new Error('This connector was given no database');
  };
  return new Proxy({} as Database, { get: refuse });
}
