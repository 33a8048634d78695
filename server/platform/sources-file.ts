import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { connectionId } from './connection-id.ts';
import { findSyntaxError } from './json-syntax.ts';

/**
 * Reads the deployer's file of connections. Checks its general shape; connectors check their own settings. Problems
 * name keys, places and variables, never a value: a secret may be in the wrong place. A secret that is not set is
 * reported and left out, so that the rest of its connection is still checked.
 */
export function readSourcesFile(path: string, environment: Record<string, string | undefined>) {
  const text = readText(path);
  if (typeof text !== 'string') return { sources: [], problems: [text.problem] };
  const syntaxError = findSyntaxError(text);
  if (syntaxError) {
    return { sources: [], problems: [`not JSON: see line ${syntaxError.line}, column ${syntaxError.column}`] };
  }
  const parsed = file.safeParse(JSON.parse(text));
  if (!parsed.success) return { sources: [], problems: parsed.error.issues.map(describeIssue) };
  const resolved = parsed.data.sources.map((source, index) => {
    const { secrets, problems } = resolveSecrets(source.secrets, environment, `sources[${index}].secrets`);
    return { source: { ...source, secrets }, problems };
  });
  return {
    sources: resolved.map(({ source }) => source),
    problems: resolved.flatMap(({ problems }) => problems),
  };
}

const string = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') });
const matching = (pattern: RegExp, words: string) => string.regex(pattern, { error: `must be ${words}` });

const reference = z.strictObject(
  { env: matching(/^[A-Za-z_]\w{0,127}$/, 'the name of an environment variable') },
  { error: 'must be {"env": "NAME"}: secrets do not stand in the file' },
);

const connection = z.strictObject(
  {
    id: matching(connectionId.pattern, connectionId.words),
    connector: matching(/^[a-z][a-z0-9-]{0,31}$/, 'the name of a connector'),
    label: matching(/^(?=.*\S)\P{Cc}{1,64}$/u, '1 to 64 characters in one line'),
    settings: z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({}),
    secrets: z.record(z.string(), reference, { error: 'must be an object' }).default({}),
  },
  { error: objectError },
);

const file = z.strictObject(
  {
    sources: z
      .array(connection, { error: ({ input }) => (input === undefined ? 'is missing' : 'must be a list') })
      .min(1, { error: 'must name at least one source' })
      // Every look-up queries all of them.
      .max(50, { error: 'must name at most 50 sources' })
      .refine((sources) => findDuplicateIds(sources).length === 0, {
        error: ({ input }) =>
          `must each have an id of its own: ${findDuplicateIds(input as { id: string }[]).join(', ')}`,
      }),
  },
  { error: objectError },
);

function objectError(issue: z.core.$ZodRawIssue): string {
  return issue.code === 'unrecognized_keys' ? `has unknown keys: ${issue.keys.join(', ')}` : 'must be an object';
}

function readText(path: string): string | { problem: string } {
  try {
    // Strips a byte order mark, which editors on Windows add; PowerShell writes UTF-16 by default, which is refused.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: `there is no file ${path}` };
    return { problem: code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'not UTF-8' : `cannot be read (${code})` };
  }
}

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

function findDuplicateIds(sources: { id: string }[]): string[] {
  const ids = sources.map(({ id }) => id);
  return ids.filter((id, index) => ids.indexOf(id) < index);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${z.core.toDotPath(issue.path)} ${issue.message}`.trim();
}
