/**
 * The settings a connector can ask for. Each is a zod schema that also says what the admin's form needs to know, so a
 * definition is written once: it parses, it draws the form, it documents.
 */

import { isSupportedCountry } from 'libphonenumber-js/max';
import * as z from 'zod';

/** What a form and a document say of one setting. */
export type SettingDescription = {
  name: string;
  label: string;
  type: 'address' | 'text' | 'secret' | 'choice' | 'country' | 'fields' | 'list';
  required: boolean;
  secret: boolean;
  help?: string;
  default?: string;
  choices?: readonly string[];
};

type Said = { label: string; help?: string };

/** By schema: every setting is a schema of its own, or the last to be described would speak for all. */
const about = z.registry<Omit<SettingDescription, 'name' | 'required'>>();

const oneLine = (longest: number) =>
  z
    .string({ error: 'must be text' })
    .trim()
    .min(1, { error: 'is empty' })
    .max(longest, { error: `is longer than ${longest} characters` })
    .regex(/^\P{Cc}*$/u, { error: 'holds a line break or another character that is not text' });

/** An http(s) address; without a slash at its end. Where it may point is the business of the SSRF rules. */
const address = () =>
  z
    .string({ error: 'must be an address such as https://acme.example.com' })
    .trim()
    .refine((value) => isWebAddress(value), { error: 'must be an address such as https://acme.example.com' })
    .transform((value) => value.replace(/\/+$/, ''));

function isWebAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
}

export function addressSetting(said: Said) {
  return address().register(about, { ...said, type: 'address', secret: false });
}

/** Where another setting says it well enough. */
export function optionalAddress(said: Said) {
  return address()
    .optional()
    .register(about, { ...said, type: 'address', secret: false });
}

/** Where the vendor's own address is the rule and another the exception. */
export function addressWithDefault(usual: string, said: Said) {
  return address()
    .default(usual)
    .register(about, { ...said, type: 'address', secret: false, default: usual });
}

export function textSetting(said: Said) {
  return oneLine(512).register(about, { ...said, type: 'text', secret: false });
}

export function optionalText(said: Said) {
  return oneLine(512)
    .optional()
    .register(about, { ...said, type: 'text', secret: false });
}

export function textWithDefault(usual: string, said: Said) {
  return oneLine(512)
    .default(usual)
    .register(about, { ...said, type: 'text', secret: false, default: usual });
}

export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  usual: Choices[number],
  said: Said,
) {
  return z
    .enum(choices, { error: `must be one of ${choices.join(', ')}` })
    .default(usual as never)
    .register(about, { ...said, type: 'choice', secret: false, default: usual, choices });
}

/** Many lines are allowed: keys in PEM are secrets too. */
const secret = () =>
  z
    .string({ error: 'must be text' })
    .trim()
    .min(1, { error: 'is empty' })
    .max(16_384, { error: 'is longer than 16384 characters' });

export function secretSetting(said: Said) {
  return secret().register(about, { ...said, type: 'secret', secret: true });
}

export function optionalSecret(said: Said) {
  return secret()
    .optional()
    .register(about, { ...said, type: 'secret', secret: true });
}

/** Names of the card's fields, each with where the source keeps it. */
export function fieldsSetting(said: Said) {
  return z
    .record(oneLine(64), oneLine(256), { error: 'must be an object of texts' })
    .default({})
    .register(about, { ...said, type: 'fields', secret: false });
}

/** `pattern` is what one entry looks like; `error` says so in words. */
export function listSetting(pattern: RegExp, error: string, said: Said) {
  return z
    .array(oneLine(256).regex(pattern, { error }), { error: 'must be a list of texts' })
    .default([])
    .register(about, { ...said, type: 'list', secret: false });
}

/** What every connection may have, whatever its connector: `...commonSettings` in a definition. */
export const commonSettings = {
  country: z
    .string({ error: 'must be two letters such as US' })
    .transform((value) => value.toUpperCase())
    .refine((value) => isSupportedCountry(value), { error: 'must be two letters such as US' })
    .optional()
    .register(about, {
      label: 'Country of national numbers',
      help: 'In which numbers without a country code are read. Without it they are read in the caller’s own country.',
      type: 'country',
      secret: false,
    }),
  sensitive: z.array(oneLine(64), { error: 'must be a list of field names' }).default([]).register(about, {
    label: 'Sensitive fields',
    help: 'Details that stay hidden until the agent has verified the caller, beside those whose names say so.',
    type: 'list',
    secret: false,
  }),
};

/** The settings of a definition in words, for a form, the documentation and the conformance suite. */
export function describeSettings(settings: z.ZodObject): SettingDescription[] {
  return Object.entries(settings.shape).flatMap(([name, schema]) => {
    const described = about.get(schema as z.ZodType);
    const required = !(schema as z.ZodType).safeParse(undefined).success;
    return described ? [{ name, required, ...described }] : [];
  });
}
