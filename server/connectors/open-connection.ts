import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http-client.ts';
import type { Database } from '../platform/storage/database.ts';
import type { ConnectionTokens } from './http/connection-tokens.ts';
import { createCrmHttp } from './http/create-crm-http.ts';
import { createHostRule } from './http/host-rule.ts';
import type { Connector, ConnectorDefinition } from './port/connector.ts';
import type { IdentifierReader } from './port/identifier-reader.ts';
import type { Failure } from './port/outcome.ts';
import { createSource, type Source } from './port/source.ts';

export type OpenConnectionParts = {
  id: string;
  label: string;
  definition: ConnectorDefinition;
  /** Parsed by `definition.settings`, secrets included. */
  settings: Record<string, unknown>;
  /** Restricted to the definition's hosts. */
  http: HttpClient;
  tokens: ConnectionTokens;
  clock: Clock;
  database: Database;
  identifiers: IdentifierReader;
  allowPrivate: boolean;
  /** Called for failures of requests that were sent. */
  reportFailure?: (connection: string, failure: Failure) => void;
  /** Called with errors that a connector threw: bugs. */
  reportError?: (error: unknown) => void;
  deadlineMs?: number;
};

/** Assembles one connection: HTTP client → connector → source. */
export function openConnection(parts: OpenConnectionParts): { connector: Connector; source: Source } {
  const { id, label, definition, settings, clock, database, identifiers: readers, reportFailure, reportError } = parts;
  const isOwnHost = createHostRule(definition, settings, parts.allowPrivate);
  const crm = createCrmHttp({
    connection: id,
    definition,
    http: parts.http,
    tokens: parts.tokens,
    clock,
    isBaseAllowed: isOwnHost,
    baseUrl: definition.baseUrl(settings),
    authorization: definition.authorize(settings),
    ...(reportFailure && { reportFailure: (failure: Failure) => reportFailure(id, failure) }),
  });
  const connector = definition.connect(settings, { crm, clock, database });
  const source = createSource({
    id,
    label,
    connector,
    identifiers: readers,
    clock,
    isLinkAllowed: isOwnHost,
    allowProbe: crm.allowProbe,
    settings: readCommonSettings(settings),
    ...(reportError && { reportFailure: reportError }),
    // Without network: a read of our own database is cheap, and a cache would show imports half a minute late.
    ...(definition.hosts.length === 0 && { ttl: { found: 0, notFound: 0 } }),
    ...(parts.deadlineMs !== undefined && { deadlineMs: parts.deadlineMs }),
  });
  return { connector, source };
}

/** Every definition has `commonSettings`, which its type does not express. */
function readCommonSettings({ country, sensitive }: Record<string, unknown>) {
  return {
    country: typeof country === 'string' ? country : undefined,
    sensitive: Array.isArray(sensitive) ? sensitive.filter((name) => typeof name === 'string') : [],
  };
}
