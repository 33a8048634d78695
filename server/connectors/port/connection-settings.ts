import type * as z from 'zod';
import { hasUsualPort, mayReach } from '../../platform/address-guard.ts';
import { connectionId } from '../../platform/connection-id.ts';
import { listAddresses } from '../http/host-rule.ts';
import type { ConnectorDefinition } from './connector.ts';
import { describeSettings } from './settings.ts';

/** One configured use of a connector, from a file or the admin's form, not yet checked. */
export type ConnectionSettings = {
  id: string;
  connector: string;
  label: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
};

/** One sentence for each problem, with its place and without any secret. */
export function findConnectionProblems(
  connections: ConnectionSettings[],
  definitions: ConnectorDefinition[],
  allowPrivate: boolean,
): string[] {
  return connections.flatMap((connection, index) => {
    const isDuplicate = connections.findIndex(({ id }) => id === connection.id) < index;
    const problems = [
      ...(connectionId.pattern.test(connection.id) ? [] : [`id must be ${connectionId.words}`]),
      ...(isDuplicate ? ['id is used by another source'] : []),
      ...checkAgainstDefinition(connection, definitions, allowPrivate),
    ];
    return problems.map((problem) => `SOURCES_FILE: source ${JSON.stringify(connection.id)}: ${problem}`);
  });
}

function checkAgainstDefinition(
  connection: ConnectionSettings,
  definitions: ConnectorDefinition[],
  allowPrivate: boolean,
): string[] {
  const definition = definitions.find(({ name }) => name === connection.connector);
  if (!definition) {
    const names = definitions.map(({ name }) => name).join(', ');
    return [`connector must be one of ${names}, not ${JSON.stringify(connection.connector)}`];
  }
  const misplaced = findMisplaced(connection, definition);
  const parsed = parseSettings(connection, definition);
  if (!parsed.success) return [...misplaced, ...parsed.problems];
  return [...misplaced, ...findForeignAddresses(definition, parsed.settings, allowPrivate)];
}

/** The settings and secrets of a connection, parsed for its connector. */
export function parseSettings(
  { settings, secrets }: Pick<ConnectionSettings, 'settings' | 'secrets'>,
  definition: Pick<ConnectorDefinition, 'settings'>,
): { success: true; settings: Record<string, unknown> } | { success: false; problems: string[] } {
  const given = { ...settings, ...secrets };
  const parsed = definition.settings.safeParse(given);
  if (parsed.success) return { success: true, settings: parsed.data };
  const secretNames = listSecrets(definition);
  return {
    success: false,
    problems: parsed.error.issues.map((issue) => describeIssue(issue, given, secretNames)),
  };
}

function describeIssue(issue: z.core.$ZodIssue, given: Record<string, unknown>, secretNames: string[]): string {
  const [name = ''] = issue.path;
  const place = `${secretNames.includes(String(name)) ? 'secrets' : 'settings'}.${issue.path.join('.')}`;
  return given[String(name)] === undefined ? `${place} is missing` : `${place} ${issue.message}`;
}

function findMisplaced({ settings, secrets }: ConnectionSettings, definition: ConnectorDefinition): string[] {
  const names = Object.keys(definition.settings.shape);
  const secretNames = listSecrets(definition);
  const open = names.filter((name) => !secretNames.includes(name));
  const unknown = (place: string, name: string, known: string[]) =>
    `${place}.${name} is unknown: ${known.length > 0 ? `there are ${known.join(', ')}` : 'there are none'}`;
  return [
    ...Object.keys(settings).flatMap((name) => {
      if (secretNames.includes(name)) return [`settings.${name} is a secret: it belongs under secrets`];
      return names.includes(name) ? [] : [unknown('settings', name, open)];
    }),
    ...Object.keys(secrets).flatMap((name) => {
      if (secretNames.includes(name)) return [];
      return names.includes(name)
        ? [`secrets.${name} is no secret: it belongs under settings`]
        : [unknown('secrets', name, secretNames)];
    }),
  ];
}

function findForeignAddresses(
  definition: ConnectorDefinition,
  settings: Record<string, unknown>,
  allowPrivate: boolean,
): string[] {
  const { hosts } = definition;
  return listAddresses(definition, settings)
    .filter(({ address }) => !mayReach(address, { hosts, allowPrivate }))
    .map(({ name, address }) => {
      const url = URL.parse(address);
      if (url?.protocol === 'https:' && !hasUsualPort(url)) {
        return `settings.${name} must have no port, or one from 1024; any other only with ALLOW_PRIVATE_SOURCES=1`;
      }
      const where = hosts.length > 0 ? `an https address at ${hosts.join(' or ')}` : 'left out';
      return `settings.${name} must be ${where}; any other only with ALLOW_PRIVATE_SOURCES=1`;
    });
}

function listSecrets(definition: Pick<ConnectorDefinition, 'settings'>): string[] {
  return describeSettings(definition.settings)
    .filter(({ secret }) => secret)
    .map(({ name }) => name);
}
