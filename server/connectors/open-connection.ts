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
  /** As `definition.settings` made them, secrets among them. */
  settings: Record<string, unknown>;
  /** Reaches the definition's hosts and no others. */
  http: HttpClient;
  tokens: ConnectionTokens;
  clock: Clock;
  database: Database;
  identifiers: IdentifierReader;
  allowPrivate: boolean;
  /** Met when the CRM was asked. */
  reportFailure?: (connection: string, failure: Failure) => void;
  /** A fault of ours. */
  reportError?: (error: unknown) => void;
  deadlineMs?: number;
};

/** One configured use of a connector, from its HTTP to the source that the server sees. */
export function openConnection(parts: OpenConnectionParts): { connector: Connector; source: Source } {
  const { id, label, definition, settings, clock, database, identifiers: readers, reportFailure, reportError } = parts;
  const belongsHere = createHostRule(definition, settings, parts.allowPrivate);
  const crm = createCrmHttp({
    connection: id,
    definition,
    http: parts.http,
    tokens: parts.tokens,
    clock,
    isBaseAllowed: belongsHere,
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
    isLinkAllowed: belongsHere,
    allowProbe: crm.allowProbe,
    settings: readCommonSettings(settings),
    ...(reportError && { reportFailure: reportError }),
    // What needs no network need not be kept: asking the own database costs less than being half a minute behind it.
    ...(definition.hosts.length === 0 && { ttl: { found: 0, notFound: 0 } }),
    ...(parts.deadlineMs !== undefined && { deadlineMs: parts.deadlineMs }),
  });
  return { connector, source };
}

/** Every definition has `commonSettings`; its type does not say so. */
function readCommonSettings({ country, sensitive }: Record<string, unknown>) {
  return {
    country: typeof country === 'string' ? country : undefined,
    sensitive: Array.isArray(sensitive) ? sensitive.filter((name) => typeof name === 'string') : [],
  };
}
