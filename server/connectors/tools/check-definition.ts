import type { ConnectorDefinition } from '../port/connector.ts';
import { commonSettings, describeSettings } from '../port/settings.ts';

/** Something a connector must have, and what to do where it has not. `missing` names what is missing or wrong. */
export type Finding = { claim: string; missing: string[]; remedy: string };

type Claim = {
  claim: string;
  remedy: string;
  missing(definition: ConnectorDefinition, about: { name: string; usesNetwork: boolean }): string[];
};

const hostPattern = /^(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/;
const secretName = /secret|password|token|privatekey|apikey/i;

const claims: Claim[] = [
  {
    claim: 'The definition has the name of its folder',
    remedy: 'Connections are configured with this name.',
    missing: ({ name }, about) => unless(name === about.name, `name: '${about.name}'`),
  },
  {
    claim: 'It has a label',
    remedy: 'Agents read it beside every value that came from here.',
    missing: ({ label }) => unless(isText(label), 'label'),
  },
  {
    claim: 'Every setting says what it is, and has a help text',
    remedy: 'Make each with a builder of ../port/settings.ts; the admin’s form is drawn from it.',
    missing({ settings }) {
      const described = new Map(describeSettings(settings).map((setting) => [setting.name, setting]));
      return Object.keys(settings.shape).filter((name) => !isText(described.get(name)?.help));
    },
  },
  {
    claim: 'It takes what every connection may have',
    remedy: 'Put ...commonSettings into its settings.',
    missing: ({ settings }) => Object.keys(commonSettings).filter((name) => !(name in settings.shape)),
  },
  {
    claim: 'What is secret is a secret setting',
    remedy: 'Use secretSetting or optionalSecret: they are sealed, and never shown again.',
    missing: ({ settings }) =>
      describeSettings(settings)
        .filter(({ name, type }) => type === 'text' && secretName.test(name))
        .map(({ name }) => name),
  },
  {
    claim: 'It names the hosts it speaks to and links to',
    remedy: 'Such as api.example.com or *.example.com, in lower case, without scheme, port or path.',
    missing: ({ hosts }, { usesNetwork }) => [
      ...unless(hosts.length > 0 || !usesNetwork, 'hosts'),
      ...hosts.filter((host) => !hostPattern.test(host)),
    ],
  },
  {
    claim: 'It names the rights its credentials need, each with its purpose',
    remedy: 'An admin gives no more than these; `check` says which are missing.',
    missing: ({ scopes }, { usesNetwork }) => [
      ...unless(scopes.length > 0 || !usesNetwork, 'scopes'),
      ...scopes.filter(({ scope, purpose }) => !isText(scope) || !isText(purpose)).map(({ scope }) => scope),
    ],
  },
  {
    claim: 'What is unverified is told in sentences',
    remedy: 'Each says what is not confirmed and what is done to be safe. None: an empty list.',
    missing: ({ unverified }) => unverified.filter((sentence) => !/^\p{Lu}.{15,}\.$/su.test(sentence)),
  },
  {
    claim: 'It stays below the vendor’s limits',
    remedy: 'limits: { default: { perSecond, burst } } or { max, windowMs }, counted for this connection alone.',
    missing: ({ limits }, { usesNetwork }) => [
      ...unless('default' in limits || !usesNetwork, 'limits.default'),
      ...Object.entries(limits)
        .filter(
          ([, rate]) => !('max' in rate ? rate.max >= 1 && rate.windowMs > 0 : rate.perSecond > 0 && rate.burst >= 1),
        )
        .map(([name]) => `limits.${name}`),
    ],
  },
  {
    claim: 'It says where requests begin, how it proves who it is, and how it connects',
    remedy: 'Functions of the settings: baseUrl, authorize and connect.',
    missing: (definition) =>
      (['baseUrl', 'authorize', 'connect'] as const).filter((name) => typeof definition[name] !== 'function'),
  },
];

/** Nothing here trusts the types: who is helped by this may not have run the compiler yet. */
export function checkDefinition(
  definition: ConnectorDefinition,
  about: { name: string; usesNetwork: boolean },
): Finding[] {
  return claims.map(({ claim, remedy, missing }) => ({ claim, remedy, missing: attempt(missing, definition, about) }));
}

function attempt(missing: Claim['missing'], ...given: Parameters<Claim['missing']>): string[] {
  try {
    return missing(...given);
  } catch (error) {
    return [`it cannot be read (${error instanceof Error ? error.message : String(error)})`];
  }
}

function unless(isSo: boolean, name: string): string[] {
  return isSo ? [] : [name];
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
