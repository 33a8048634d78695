import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { findSyntaxError } from './json-syntax.ts';

/**
 * The file of connections, as the deployer wrote it: its general shape here, the settings of each connector elsewhere.
 * Problems are sentences to go on after the setting's name. They name keys, places and variables, and never a value: a
 * secret may stand where it does not belong.
 */
export function readSourcesFile(path: string, environment: Record<string, string | undefined>) {
  const text = readText(path);
  if (typeof text !== 'string') return { sources: [], problems: [text.problem] };
  const syntaxError = findSyntaxError(text);
  if (syntaxError) {
    return { sources: [], problems: [`is not JSON: see line ${syntaxError.line}, column ${syntaxError.column}`] };
  }
  const parsed = file.safeParse(JSON.parse(text));
  if (!parsed.success) return { sources: [], problems: parsed.error.issues.map(describeIssue) };
  const resolved = parsed.data.sources.map((source, index) => {
    const { secrets, problems } = resolveSecrets(source.secrets, environment, `sources[${index}].secrets`);
    return { source: { ...source, secrets }, problems };
  });
  return {
    sources: resolved.map(({ source }) => source),
    problems: [...findTwins(parsed.data.sources.map(({ id }) => id)), ...resolved.flatMap(({ problems }) => problems)],
  };
}

const written = (schema: z.ZodString, words: string, pattern: RegExp) =>
  schema.regex(pattern, { error: `must be ${words}` });

const text = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') });

const reference = z.strictObject(
  { env: written(text, 'the name of an environment variable', /^[A-Za-z_]\w{0,127}$/) },
  { error: 'must be {"env": "NAME"}: secrets do not stand in the file' },
);

const connection = z.strictObject(
  {
    id: written(text, '1 to 32 of a–z, 0–9 and -', /^[a-z0-9-]{1,32}$/),
    connector: written(text, 'the name of a connector', /^[a-z][a-z0-9-]{0,31}$/),
    label: written(text, '1 to 64 characters in one line', /^(?=.*\S)\P{Cc}{1,64}$/u),
    settings: z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({}),
    secrets: z.record(z.string(), reference, { error: 'must be an object' }).default({}),
  },
  { error: objectError },
);

const file = z.strictObject(
  {
    sources: z
      .array(connection, { error: ({ input }) => (input === undefined ? 'is missing' : 'must be a list') })
      .min(1, { error: 'must name at least one source' }),
  },
  { error: objectError },
);

function objectError(issue: z.core.$ZodRawIssue): string {
  return issue.code === 'unrecognized_keys' ? `has unknown keys: ${issue.keys.join(', ')}` : 'must be an object';
}

function readText(path: string): string | { problem: string } {
  try {
    // Without the mark that editors on Windows put before it; what PowerShell writes by itself is UTF-16.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: `names a file that is not there: ${path}` };
    return { problem: code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : `cannot be read (${code})` };
  }
}

/** A secret that is not there is left out, so that whoever looks at the connection still sees all the rest of it. */
function resolveSecrets(
  references: Record<string, { env: string }>,
  environment: Record<string, string | undefined>,
  place: string,
): { secrets: Record<string, string>; problems: string[] } {
  const found = Object.entries(references).map(([name, { env }]) => ({
    name,
    env,
    value: Object.hasOwn(environment, env) ? environment[env] : undefined,
  }));
  return {
    secrets: Object.fromEntries(found.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    problems: found.flatMap(({ name, env, value }) =>
      value === undefined ? [`${place}.${name} names ${env}, which is not set`] : [],
    ),
  };
}

function findTwins(ids: string[]): string[] {
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    return first < index ? [`sources[${index}].id is ${id}, and so is sources[${first}].id`] : [];
  });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${z.core.toDotPath(issue.path)} ${issue.message}`.trim();
}
