import { createHash } from 'node:crypto';
import * as z from 'zod';

/**
 * The only reader of the environment. A malformed value is an error and never a default, and every problem is told at
 * once, so that a deployer mends them in one go. An empty value counts as not set.
 */
export type Config = {
  port: number;
  host: string;
  /** Where people reach the server from outside, without a path; undefined on a developer's machine. */
  publicUrl: URL | undefined;
  databaseUrl: string;
  zoom: {
    clientId: string;
    clientSecret: string;
    /** This installation's key for the Zoom account: a digest, because Zoom counts the account id as personal data. */
    account: string;
  };
  /** CSP source expressions of the pages that may frame the panel. */
  frameAncestors: string[];
  logLevel: (typeof logLevels)[number];
};

export type Environment = Record<string, string | undefined>;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const defaultDatabaseUrl = 'sqlite:./data/deskside.db';

/** Zoom's web client frames the panel; its exact host is not documented, so all of Zoom's own are allowed. */
export const defaultFrameAncestors = ["'self'", 'https://zoom.us', 'https://*.zoom.us', 'https://*.zoom.com'];

// CSP source expressions we take: 'self', 'none', scheme://host[:port|:*], *.host, host. A bare self is no host: it is
// what a shell or `.env` leaves of a value whose quotes it took for its own, and the sources after it are lost.
const frameSource =
  /^(?!self$|none$)(?:'self'|'none'|(?:https?:\/\/)?(?:\*\.)?[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::(?:\d{1,5}|\*))?|https?:\/\/\[::1\](?::(?:\d{1,5}|\*))?)$/i;

const databaseUrl = z.string().regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, {
  error: 'must be sqlite:<file> or postgres://…',
});

const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'must be a port number' })
  .transform(Number)
  .refine((value) => value <= 65_535, { error: 'must be a port number' });

const settings = z.object({
  PORT: port.default(4601),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z
    .string()
    .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), { error: 'must be an http(s) address' })
    .transform((value) => new URL(value))
    .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '', {
      error: 'must be an address without a path, such as https://deskside.acme.example',
    })
    .optional(),
  DATABASE_URL: databaseUrl.default(defaultDatabaseUrl),
  ZOOM_CLIENT_ID: z.string({ error: "is missing: it stands on the app's page in the Zoom Marketplace" }),
  ZOOM_CLIENT_SECRET: z.string({ error: 'is missing: it stands beside the client id' }),
  ZOOM_ACCOUNT_ID: z
    .string()
    .regex(/^[\w-]{1,128}$/, { error: 'must be a Zoom account id' })
    .optional(),
  FRAME_ANCESTORS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((source) => source !== ''))
    .refine((sources) => sources.length > 0 && sources.every((source) => frameSource.test(source)), {
      error:
        "must be CSP sources separated by spaces, such as 'self' https://*.zoom.us; in .env and in a shell the whole stands in double quotes",
    })
    .default(defaultFrameAncestors),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
});

/** The names of all settings, for the example file's test. */
export const settingNames = Object.keys(settings.shape);

export type Loaded<T> = { kind: 'loaded'; value: T } | { kind: 'malformed'; problems: string[] };

export function loadConfig(environment: Environment): Loaded<Config> {
  const parsed = settings.safeParse(withoutEmptyValues(environment));
  if (!parsed.success) return { kind: 'malformed', problems: parsed.error.issues.map(describeIssue) };
  const env = parsed.data;
  return {
    kind: 'loaded',
    value: {
      port: env.PORT,
      host: env.HOST,
      publicUrl: env.PUBLIC_URL,
      databaseUrl: env.DATABASE_URL,
      zoom: {
        clientId: env.ZOOM_CLIENT_ID,
        clientSecret: env.ZOOM_CLIENT_SECRET,
        account: accountKey(env.ZOOM_ACCOUNT_ID),
      },
      frameAncestors: env.FRAME_ANCESTORS,
      logLevel: env.LOG_LEVEL,
    },
  };
}

/** For commands that need the database and nothing of Zoom's. */
export function loadDatabaseUrl(environment: Environment): Loaded<string> {
  const parsed = settings.pick({ DATABASE_URL: true }).safeParse(withoutEmptyValues(environment));
  return parsed.success
    ? { kind: 'loaded', value: parsed.data.DATABASE_URL }
    : { kind: 'malformed', problems: parsed.error.issues.map(describeIssue) };
}

/** The process's environment, with `.env` of the working directory where the process itself does not say otherwise. */
export function readEnvironment(): Environment {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return process.env;
}

function accountKey(accountId: string | undefined): string {
  return accountId ? createHash('sha256').update(accountId).digest('base64url').slice(0, 16) : 'default';
}

function withoutEmptyValues(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}
