import type { AddressGuard } from '../platform/address-guard.ts';
import type { HttpClient } from '../platform/http-client.ts';
import { directory } from './directory/definition.ts';
import { dynamics } from './dynamics/definition.ts';
import { hubspot } from './hubspot/definition.ts';
import { type OpenConnectionParts, openConnection } from './open-connection.ts';
import { type ConnectionSettings, findConnectionProblems, parseSettings } from './port/connection-settings.ts';
import type { ConnectorDefinition } from './port/connector.ts';
import type { Source } from './port/source.ts';
import { salesforce } from './salesforce/definition.ts';
import { servicenow } from './servicenow/definition.ts';
import { zendesk } from './zendesk/definition.ts';

/** All connectors. A new one is a folder and a line here. */
export const connectors: ConnectorDefinition[] = [directory, salesforce, zendesk, servicenow, dynamics, hubspot];

/** One sentence for each problem of the configuration, for an admin. */
export function checkConnections(connections: ConnectionSettings[], allowPrivate: boolean): string[] {
  return findConnectionProblems(connections, connectors, allowPrivate);
}

export type OpenSourcesParts = {
  connections: ConnectionSettings[];
  createHttp(guard: AddressGuard): HttpClient;
} & Omit<OpenConnectionParts, 'id' | 'label' | 'definition' | 'settings' | 'http'>;

/** All sources in the order of their connections; none if any connection has a problem. */
export function openSources(parts: OpenSourcesParts): { sources: Source[]; problems: string[] } {
  const { connections, createHttp, ...shared } = parts;
  const problems = checkConnections(connections, shared.allowPrivate);
  if (problems.length > 0) return { sources: [], problems };
  const sources = connections.flatMap((connection) => {
    const definition = connectors.find(({ name }) => name === connection.connector);
    const parsed = definition && parseSettings(connection, definition);
    if (!definition || !parsed?.success) return [];
    const http = createHttp({ hosts: definition.hosts, allowPrivate: shared.allowPrivate });
    const { id, label } = connection;
    return openConnection({ ...shared, id, label, definition, settings: parsed.settings, http }).source;
  });
  return { sources, problems };
}
