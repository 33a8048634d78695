import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readSourcesFile } from './sources-file.ts';

/**
 * The only reader of the environment. A malformed value is an error and never replaced by a default, and all problems
 * are reported at once. An empty value counts as not set.
 */
export type Config = {
  port: number;
  host: string;
  /** The server's address for users, without a path; undefined on a developer's machine. */
  publicUrl: URL | undefined;
  databaseUrl: string;
  /** Connections to PostgreSQL of each process; one more listens. Without effect on SQLite. */
  databaseConnections: number;
  zoom: {
    clientId: string;
    clientSecret: string;
    /** This installation's key for the Zoom account: a digest, because Zoom counts the account id as personal data. */
    account: string;
    /** Undefined when ZOOM_ACCOUNT_ID is not set: then Zoom's REST API is not used. */
    accountId: string | undefined;
    /** The current secret token first; empty when webhooks are not set up. */
    webhookSecrets: string[];
    webSocketSubscriptionId: string | undefined;
    /** The token endpoint itself. */
    oauthUrl: URL;
    /** The base that paths such as `/contact_center/engagements` follow, without a slash at its end. */
    apiUrl: string;
    webSocketUrl: URL;
  };
  /** The bearer tokens of flow scripts, the current one first; empty when flows are not set up. */
  flowTokens: string[];
  /** The bearer of `/metrics`; undefined when it needs none. */
  metricsToken: string | undefined;
  /** How long requests are still served after SIGTERM while `/readyz` says no, before connections are closed; ms. */
  drainLingerMs: number;
  /** 32 bytes; undefined when SECRETS_KEY is not set: then no secrets are stored in the database. */
  secretsKey: Buffer | undefined;
  /** Whether sources may be on this machine or in a private network, and use http. */
  allowPrivateSources: boolean;
  /** Whether a panel's word is enough where Zoom names no agent: for installations without Zoom's events. */
  trustPanels: boolean;
  /** The contact center's own numbers, in E.164. */
  ownNumbers: string[];
  /** At least one. Their settings are unchecked until their connector parses them. */
  sources: SourceConnection[];
  /** CSP source expressions of the pages that may frame the panel. */
  frameAncestors: string[];
  logLevel: (typeof logLevels)[number];
};

/** One configured use of a connector. `secrets` holds the values from the environment. */
type SourceConnection = {
  id: string;
  connector: string;
  label: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
};

type Environment = Record<string, string | undefined>;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const defaultDatabaseUrl = 'sqlite:./data/deskside.db';

/** Zoom's web client frames the panel; its exact host is not documented, so all of Zoom's own are allowed. */
export const defaultFrameAncestors = ["'self'", 'https://zoom.us', 'https://*.zoom.us', 'https://*.zoom.com'];

// CSP source expressions: 'self', 'none', scheme://host[:port|:*], *.host, host. A bare self is refused: a shell or
// `.env` has removed its quotes, and the sources after it are lost.
const frameSource =
  /^(?!self$|none$)(?:'self'|'none'|(?:https?:\/\/)?(?:\*\.)?[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::(?:\d{1,5}|\*))?|https?:\/\/\[::1\](?::(?:\d{1,5}|\*))?)$/i;

/** Pages of such a source belong to anyone, and a page that frames the panel acts as Zoom for it. */
function namesStrangers(source: string): boolean {
  const [, scheme = '', wildcard, host = ''] = /^(?:(https?):\/\/)?(\*\.)?(\[::1\]|[^:]*)/i.exec(source) ?? [];
  if (wildcard !== undefined && (!host.includes('.') || publicSuffix.test(host))) return true;
  return scheme.toLowerCase() === 'http' && !isLoopback(host);
}

/** Registries below a country's domain, such as co.uk and com.au. */
const publicSuffix = /^(?:ac|co|com|edu|go|gob|gov|gv|ne|net|or|org)\.[a-z]{2}$/i;

const databaseUrl = z.string().regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, {
  error: 'must be sqlite:<file> or postgres://…',
});

const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'must be a port number' })
  .transform(Number)
  .refine((value) => value <= 65_535, { error: 'must be a port number' });

const makeRandom = 'make a random one with: openssl rand -base64 33';

/** Credentials and personal data go there, so the unencrypted form is for addresses on this machine alone. */
const address = (protocols: RegExp, words: string) =>
  z
    .string()
    .refine((value) => protocols.test(URL.parse(value)?.protocol ?? ''), { error: `must be ${words} address` })
    .transform((value) => new URL(value))
    .refine((url) => isEncrypted(url) || isLoopback(url.hostname), {
      error: 'must be encrypted (https, wss) unless it is on this machine',
    });

const isEncrypted = ({ protocol }: URL) => protocol === 'https:' || protocol === 'wss:';
const isLoopback = (hostname: string) => /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);

/** A bearer that a deployer chooses: a guess must be hopeless, so words and repeated characters are refused. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]{24,512}$/, {
    error: `must be 24 to 512 characters without spaces; ${makeRandom}`,
    abort: true,
  })
  .refine((value) => new Set(value).size >= 8, { error: `repeats few characters; ${makeRandom}` })
  .optional();

const webhookSecret = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, { error: 'must be the secret token of the app’s page, without spaces' })
  .optional();

/** 43 characters of base64 or base64url are 32 bytes. */
const secretsKey = z
  .string()
  .regex(/^[\w+/-]{43}=?$/, { error: 'must be exactly 32 bytes in base64; make one with: openssl rand -base64 32' })
  .transform((value) => Buffer.from(value, 'base64'))
  .refine(isRandom, { error: 'is not random; make one with: openssl rand -base64 32' })
  .optional();

/**
 * Refuses zeros, repetitions, sequences and encoded words. Of 32 random bytes 30 differ on average, and fewer than 16
 * once in 10^10 keys; all of them are printable once in 10^13 keys.
 */
function isRandom(key: Buffer): boolean {
  const steps = key.map((byte, index) => (byte - (key[index - 1] ?? 0)) & 0xff);
  const isText = key.every((byte) => byte >= 0x20 && byte < 0x7f);
  return !isText && new Set(key).size >= 16 && new Set(steps).size >= 16;
}

/** The default source: the tables that customers are imported into. */
const builtInDirectory: SourceConnection = {
  id: 'directory',
  connector: 'directory',
  label: 'Directory',
  settings: {},
  secrets: {},
};

const settings = z.object({
  PORT: port.default(4601),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: address(/^https?:$/, 'an http(s)')
    .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '', {
      error: 'must be an address without a path, such as https://deskside.acme.example',
    })
    .optional(),
  DATABASE_URL: databaseUrl.default(defaultDatabaseUrl),
  DATABASE_CONNECTIONS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, { error: 'must be a number from 1 to 999' })
    .transform(Number)
    .default(8),
  ZOOM_CLIENT_ID: z.string({ error: "is missing: it stands on the app's page in the Zoom Marketplace" }),
  ZOOM_CLIENT_SECRET: z.string({ error: 'is missing: it stands beside the client id' }),
  ZOOM_ACCOUNT_ID: z
    .string()
    .regex(/^[\w-]{1,128}$/, { error: 'must be a Zoom account id' })
    .optional(),
  ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
  ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS: webhookSecret,
  ZOOM_WEBSOCKET_SUBSCRIPTION_ID: z
    .string()
    .regex(/^[\w-]{1,128}$/, { error: 'must be the id in the address of the subscription' })
    .optional(),
  ZOOM_OAUTH_URL: address(/^https?:$/, 'an http(s)')
    .default(new URL('https://zoom.us/oauth/token'))
    .transform(toTokenUrl),
  ZOOM_API_URL: address(/^https?:$/, 'an http(s)').default(new URL('https://api.zoom.us/v2')),
  ZOOM_WS_URL: address(/^wss?:$/, 'a ws(s)').default(new URL('wss://ws.zoom.us/ws')),
  FLOW_TOKEN: token,
  FLOW_TOKEN_PREVIOUS: token,
  METRICS_TOKEN: token,
  DRAIN_LINGER_MS: z
    .string()
    .regex(/^(?:[1-5]?\d{1,4}|60000)$/, { error: 'must be a number of milliseconds, 60000 at most' })
    .transform(Number)
    .default(2_000),
  SECRETS_KEY: secretsKey,
  SOURCES_FILE: z.string().optional(),
  ALLOW_PRIVATE_SOURCES: z
    .enum(['0', '1'], { error: 'must be 1, or not set' })
    .default('0')
    .transform((value) => value === '1'),
  TRUST_PANELS: z
    .enum(['0', '1'], { error: 'must be 1, or not set' })
    .default('0')
    .transform((value) => value === '1'),
  OWN_NUMBERS: z.string().optional(),
  FRAME_ANCESTORS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((source) => source !== ''))
    .refine((sources) => sources.length > 0 && sources.every((source) => frameSource.test(source)), {
      error:
        "must be CSP sources separated by spaces, such as 'self' https://*.zoom.us; in .env and in a shell the whole stands in double quotes",
    })
    .refine((sources) => !sources.some(namesStrangers), {
      error:
        'must name hosts of yours: at least two labels behind *., of no public suffix, and http on this machine alone',
    })
    .default(defaultFrameAncestors),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
});

/** The names of all settings, for the example file's test. */
export const settingNames = Object.keys(settings.shape);

type Loaded<T> = { kind: 'loaded'; value: T } | { kind: 'malformed'; problems: string[] };

/**
 * Checks the settings of connections. Returns problems: sentences that begin with `SOURCES_FILE` and hold no secret.
 */
type CheckSources = (connections: SourceConnection[], allowPrivate: boolean) => string[];

/** Returns E.164; undefined for a text that is no phone with certainty. */
type ReadNumber = (text: string) => string | undefined;

export function loadConfig(
  environment: Environment,
  options: { checkSources?: CheckSources; readNumber?: ReadNumber } = {},
): Loaded<Config> {
  const present = withoutEmptyValues(environment);
  const parsed = settings.safeParse(present);
  const { sources, problems: sourceProblems } = loadSources(present, options.checkSources);
  const { ownNumbers, problems: numberProblems } = loadOwnNumbers(present, options.readNumber);
  const problems = [...sourceProblems, ...numberProblems];
  if (!parsed.success || problems.length > 0) {
    return { kind: 'malformed', problems: [...(parsed.error?.issues.map(describeIssue) ?? []), ...problems] };
  }
  const env = parsed.data;
  return {
    kind: 'loaded',
    value: {
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL,
      databaseUrl: env.DATABASE_URL,
      databaseConnections: env.DATABASE_CONNECTIONS,
      zoom: {
        clientId: env.ZOOM_CLIENT_ID,
        clientSecret: env.ZOOM_CLIENT_SECRET,
        account: accountKey(env.ZOOM_ACCOUNT_ID),
        accountId: env.ZOOM_ACCOUNT_ID,
        webhookSecrets: listPresent(env.ZOOM_WEBHOOK_SECRET_TOKEN, env.ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS),
        webSocketSubscriptionId: env.ZOOM_WEBSOCKET_SUBSCRIPTION_ID,
        oauthUrl: env.ZOOM_OAUTH_URL,
        apiUrl: env.ZOOM_API_URL.href.replace(/\/+$/, ''),
        webSocketUrl: env.ZOOM_WS_URL,
      },
      flowTokens: listPresent(env.FLOW_TOKEN, env.FLOW_TOKEN_PREVIOUS),
      metricsToken: env.METRICS_TOKEN,
      drainLingerMs: env.DRAIN_LINGER_MS,
      secretsKey: env.SECRETS_KEY,
      allowPrivateSources: env.ALLOW_PRIVATE_SOURCES,
      trustPanels: env.TRUST_PANELS,
      ownNumbers,
      sources,
      frameAncestors: env.FRAME_ANCESTORS,
      logLevel: env.LOG_LEVEL,
    },
  };
}

/** Reads the raw environment, so that its problems are reported together with those of all other settings. */
function loadSources(environment: Environment, check: CheckSources = () => []) {
  const { SOURCES_FILE: path, ALLOW_PRIVATE_SOURCES: allowPrivate } = environment;
  if (path === undefined) return { sources: [builtInDirectory], problems: [] };
  const { sources, problems } = readSourcesFile(path, environment);
  const fileProblems = problems.map((problem) => `SOURCES_FILE: ${problem}`);
  return { sources, problems: [...fileProblems, ...check(sources, allowPrivate === '1')] };
}

/** Without its country code a number may be one of many countries. */
function loadOwnNumbers({ OWN_NUMBERS: text }: Environment, readNumber: ReadNumber = (number) => number) {
  const parts = text?.split(',').map((part) => part.trim()) ?? [];
  const numbers = parts.map((part) => (/^\+[1-9][\d ().-]{5,30}$/.test(part) ? readNumber(part) : undefined));
  const unread = parts.filter((_, index) => numbers[index] === undefined);
  const problem = `OWN_NUMBERS must be phone numbers with + and country code, separated by commas; not understood: ${unread.map((part) => JSON.stringify(part)).join(', ')}`;
  return {
    ownNumbers: [...new Set(numbers.filter((number) => number !== undefined))],
    problems: unread.length > 0 ? [problem] : [],
  };
}

/** For commands that need only the database. */
export function loadDatabaseUrl(environment: Environment): Loaded<string> {
  const parsed = settings.pick({ DATABASE_URL: true }).safeParse(withoutEmptyValues(environment));
  return parsed.success
    ? { kind: 'loaded', value: parsed.data.DATABASE_URL }
    : { kind: 'malformed', problems: parsed.error.issues.map(describeIssue) };
}

/** For commands that need the database and the key of its secrets. */
export function loadStorageSettings(
  environment: Environment,
): Loaded<{ databaseUrl: string; secretsKey: Buffer | undefined }> {
  const parsed = settings.pick({ DATABASE_URL: true, SECRETS_KEY: true }).safeParse(withoutEmptyValues(environment));
  if (!parsed.success) return { kind: 'malformed', problems: parsed.error.issues.map(describeIssue) };
  return { kind: 'loaded', value: { databaseUrl: parsed.data.DATABASE_URL, secretsKey: parsed.data.SECRETS_KEY } };
}

/** The process's environment; `.env` in the working directory adds what it does not set. */
export function readEnvironment(): Environment {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return process.env;
}

/** This installation's key for a Zoom account. */
export function accountKey(accountId: string | undefined): string {
  return accountId ? createHash('sha256').update(accountId).digest('base64url').slice(0, 16) : 'default';
}

/** `https://zoom.us` and `https://zoom.us/oauth` are accepted for the token endpoint. */
function toTokenUrl(url: URL): URL {
  const path = url.pathname.replace(/\/+$/, '');
  return new URL(path === '' ? '/oauth/token' : path.endsWith('/oauth') ? `${path}/token` : path, url);
}

function listPresent(...values: (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

function withoutEmptyValues(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}
