/**
 * Builders of connector settings. Each makes a zod schema with a description, so that one definition parses the
 * settings, draws the admin's form and documents them.
 */

import { isSupportedCountry } from 'libphonenumber-js/max';
import * as z from 'zod';

/** One setting for the admin's form and the documentation. */
type SettingDescription = {
  name: string;
  label: string;
  type: 'address' | 'text' | 'secret' | 'choice' | 'country' | 'fields' | 'list';
  required: boolean;
  secret: boolean;
  help?: string;
  default?: string;
  choices?: readonly string[];
};

type Texts = { label: string; help?: string };

/** By schema object, so each builder creates a new one. */
const descriptions = z.registry<Omit<SettingDescription, 'name' | 'required'>>();

const oneLine = (maxLength: number) =>
  z
    .string({ error: 'must be text' })
    .trim()
    .min(1, { error: 'is empty' })
    .max(maxLength, { error: `is longer than ${maxLength} characters` })
    .regex(/^\P{Cc}*$/u, { error: 'holds a line break or another character that is not text' });

/** An http(s) address; a trailing slash is removed. Allowed hosts are checked elsewhere (connection-settings.ts). */
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

export function addressSetting(texts: Texts) {
  return address().register(descriptions, { ...texts, type: 'address', secret: false });
}

/** For an address that can be derived from another setting. */
export function optionalAddress(texts: Texts) {
  return address()
    .optional()
    .register(descriptions, { ...texts, type: 'address', secret: false });
}

/** For the vendor's own address, which sandboxes and tests replace. */
export function addressWithDefault(defaultValue: string, texts: Texts) {
  return address()
    .default(defaultValue)
    .register(descriptions, { ...texts, type: 'address', secret: false, default: defaultValue });
}

export function textSetting(texts: Texts) {
  return oneLine(512).register(descriptions, { ...texts, type: 'text', secret: false });
}

export function optionalText(texts: Texts) {
  return oneLine(512)
    .optional()
    .register(descriptions, { ...texts, type: 'text', secret: false });
}

export function textWithDefault(defaultValue: string, texts: Texts) {
  return oneLine(512)
    .default(defaultValue)
    .register(descriptions, { ...texts, type: 'text', secret: false, default: defaultValue });
}

export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  defaultValue: Choices[number],
  texts: Texts,
) {
  return z
    .enum(choices, { error: `must be one of ${choices.join(', ')}` })
    .default(defaultValue as never)
    .register(descriptions, { ...texts, type: 'choice', secret: false, default: defaultValue, choices });
}

/** May have several lines, as PEM keys do. */
const secret = () =>
  z
    .string({ error: 'must be text' })
    .trim()
    .min(1, { error: 'is empty' })
    .max(16_384, { error: 'is longer than 16384 characters' });

export function secretSetting(texts: Texts) {
  return secret().register(descriptions, { ...texts, type: 'secret', secret: true });
}

export function optionalSecret(texts: Texts) {
  return secret()
    .optional()
    .register(descriptions, { ...texts, type: 'secret', secret: true });
}

/** Maps fields of the card to the source's own fields. */
export function fieldsSetting(texts: Texts) {
  return z
    .record(oneLine(64), oneLine(256), { error: 'must be an object of texts' })
    .default({})
    .register(descriptions, { ...texts, type: 'fields', secret: false });
}

/** `error` describes in words what `pattern` demands of each entry. */
export function listSetting(pattern: RegExp, error: string, texts: Texts) {
  return z
    .array(oneLine(256).regex(pattern, { error }), { error: 'must be a list of texts' })
    .default([])
    .register(descriptions, { ...texts, type: 'list', secret: false });
}

/** Settings of every connection: `...commonSettings` in a definition. */
export const commonSettings = {
  country: z
    .string({ error: 'must be two letters such as US' })
    .transform((value) => value.toUpperCase())
    .refine((value) => isSupportedCountry(value), { error: 'must be two letters such as US' })
    .optional()
    .register(descriptions, {
      label: 'Country of national numbers',
      help: 'In which numbers without a country code are read. Without it they are read in the caller’s own country.',
      type: 'country',
      secret: false,
    }),
  sensitive: z.array(oneLine(64), { error: 'must be a list of field names' }).default([]).register(descriptions, {
    label: 'Sensitive fields',
    help: 'Details that stay hidden until the agent has verified the caller, beside those whose names say so.',
    type: 'list',
    secret: false,
  }),
};

/** The described settings of a definition, for the form, the documentation and the conformance suite. */
export function describeSettings(settings: z.ZodObject): SettingDescription[] {
  return Object.entries(settings.shape).flatMap(([name, schema]) => {
    const description = descriptions.get(schema as z.ZodType);
    const required = !(schema as z.ZodType).safeParse(undefined).success;
    return description ? [{ name, required, ...description }] : [];
  });
}
