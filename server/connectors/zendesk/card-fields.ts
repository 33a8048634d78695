/**
 * Paths to card fields in Zendesk, as an admin writes them:
 *
 *   user_fields.tier, organization_fields.tier          a custom field, by its key
 *   tags.tier_*, organization.tags.tier_*               what follows `tier_` in the first tag that begins with it
 *   tags.vip, organization.tags.vip                     `vip`, if the tag is present
 *   notes, details, external_id, locale, …              the user's own; with `organization.` in front the company's
 */
import { toFields } from '../port/values.ts';
import type { OrganizationRecord, UserRecord } from './api.ts';

const pathForms = [
  /^(?:user_fields|organization_fields)\.[a-z0-9_]{1,100}$/,
  /^(?:organization\.)?tags\.[\p{L}\p{N}_/-]{1,60}\*?$/u,
  /^(?:organization\.)?(?:notes|details|external_id)$/,
  /^(?:locale|iana_time_zone)$/,
];

export function isFieldPath(path: string): boolean {
  return pathForms.some((form) => form.test(path));
}

/** Standard fields, unless an admin maps others. */
const defaultFields = { language: 'locale', timeZone: 'iana_time_zone' };

export function readCardFields(
  user: UserRecord,
  organization: OrganizationRecord | undefined,
  mapped: Record<string, string>,
): Record<string, string> {
  const paths = Object.entries({ ...defaultFields, ...mapped });
  return toFields(paths.map(([name, path]) => [name, readField(user, organization, path) || undefined] as const));
}

export function readField(
  user: UserRecord,
  organization: OrganizationRecord | undefined,
  path: string,
): string | undefined {
  const isOfCompany = path.startsWith('organization');
  const record: UserRecord | OrganizationRecord | undefined = isOfCompany ? organization : user;
  const name = path.replace(/^organization\./, '');
  const [place, key = ''] = split(name);
  if (place === 'user_fields') return toText(own(user.user_fields, key));
  if (place === 'organization_fields') return toText(own(organization?.organization_fields, key));
  if (place === 'tags') return readTag(record?.tags ?? [], key);
  return toText(own(record, name));
}

function readTag(tags: string[], wanted: string): string | undefined {
  if (!wanted.endsWith('*')) return tags.find((tag) => tag === wanted);
  const prefix = wanted.slice(0, -1);
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

function split(path: string): [string, string | undefined] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
}

function own(record: object | null | undefined, name: string): unknown {
  return new Map<string, unknown>(Object.entries(record ?? {})).get(name);
}

/** Fields with several choices hold a list. */
function toText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => toText(item) ?? []).join(', ') || undefined;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
