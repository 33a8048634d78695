import {
  type EngagementEventKind,
  engagementFacts,
  engagementId as engagementIdSchema,
  type FlowVariable,
} from '#contract/engagements.ts';
import type { EngagementEvent } from '../../events.ts';
import { computeEventKey } from './event-key.ts';
import { cutText, type JsonObject, readText, withoutAbsent } from './json-fields.ts';

type FlowPost =
  | { kind: 'read'; event: EngagementEvent }
  /** `field` is the README's name; `advice` is for the author of the script. */
  | { kind: 'refused'; field: string; advice: string };

/**
 * Zoom's event scripts (KB0059147) and the kinds of their engagement events. A flow's `closed` also fires when an agent
 * leaves by a transfer, so it means `left`, not `ended`.
 */
const kinds = new Map<string, EngagementEventKind>([
  ['acceptedcall', 'answered'],
  ['dispositionedcall', 'disposition'],
  ['engagement-started', 'started'],
  ['engagement-accepted', 'answered'],
  ['engagement-assigned', 'answered'],
  ['engagement-transferred', 'transfer-completed'],
  ['engagement-closed', 'left'],
  ['engagement-recording-started', 'recording-started'],
  ['engagement-recording-ended', 'recording-stopped'],
  ['disposition-saved', 'disposition'],
]);

const maxVariables = 500;

/** `Engagement Accepted` and `engagement_accepted` are `engagement-accepted`. */
export function flowEventName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .slice(0, 128);
}

/** The key of a post: two posts of one script with the same body are one occurrence. `name`: see flowEventName. */
export function computeFlowPostKey(name: string, body: JsonObject): string {
  return computeEventKey('flow', name, body);
}

/**
 * Reads the post of a flow's event script. Scripts and their fields are written by hand, so names may be in any case
 * and contain spaces, underscores or dashes; Zoom's own variable names work too. All other fields become variables of
 * the flow. A pure function of its parameters. `body` is redacted (parse-and-redact.ts); the event's time is
 * `receivedAt`, ms UTC, because a post has no time of its own.
 */
export function normalizeFlowPost({
  name,
  body,
  key,
  receivedAt,
}: {
  /** See flowEventName. */
  name: string;
  body: JsonObject;
  key: string;
  receivedAt: number;
}): FlowPost {
  const fields = readKnownFields(body);
  const engagementId = engagementIdSchema.safeParse(fields.engagementid);
  if (!engagementId.success) {
    const problem = fields.engagementid === undefined ? 'is missing' : 'is not an engagement id';
    return {
      kind: 'refused',
      field: 'engagementId',
      advice: `engagementId ${problem}. Send the value of global_system.Engagement.engagementId as engagementId.`,
    };
  }
  const kind = kinds.get(name) ?? 'other';
  const text = kind === 'other' ? name : kind === 'disposition' ? cutText(fields.dispositionname, 8_000) : undefined;
  return {
    kind: 'read',
    event: {
      engagementId: engagementId.data,
      key,
      at: receivedAt,
      origin: 'flow',
      kind,
      facts: readFacts(fields, body),
      ...withoutAbsent({
        agent: fits(fields.agentemail, 256) ? { email: fields.agentemail } : undefined,
        text,
      }),
    },
  };
}

/** Names under which scripts send the number or address that the flow gathered. They are variables as well. */
const gatheredPhones = words(
  'phone phonenumber telephone mobile mobilenumber mobilephone cellphone',
  'callerphone customerphone consumernumber contactnumber callbacknumber',
);
const gatheredEmails = words('email emailaddress calleremail customeremail consumeremail contactemail');

const knownFields = ['engagementid', 'callernumber', 'ani', 'agentemail', 'queuename', 'dispositionname'] as const;
type KnownFields = { [Field in (typeof knownFields)[number]]?: string };

/** Plain names win over names of Zoom's variables, such as `global_system.Engagement.ANI`. */
function readKnownFields(body: JsonObject): KnownFields {
  const found: KnownFields = {};
  const entries = Object.entries(body);
  for (const isWanted of [isPlain, isSystemVariable]) {
    for (const [key, value] of entries.filter(([key]) => isWanted(key))) {
      const field = knownFields.find((known) => known === simplify(key));
      const text = toText(value)?.trim();
      if (field && text) found[field] ??= text;
    }
  }
  return found;
}

const isPlain = (key: string) => !key.includes('.');
const isSystemVariable = (key: string) => /^\s*global[\s_-]?system\./i.test(key);
const simplify = (key: string) =>
  key
    .replace(/^.*\./, '')
    .replace(/[\s_-]+/g, '')
    .toLowerCase();
const isKnownField = (key: string) => isPlain(key) && knownFields.some((known) => known === simplify(key));
const fits = (text: string | undefined, length: number): text is string => text !== undefined && text.length <= length;

function readFacts(fields: KnownFields, body: JsonObject): EngagementEvent['facts'] {
  const { shape } = engagementFacts;
  const variables = readVariables(body);
  const consumer = withoutAbsent({
    number: fields.callernumber ?? fields.ani ?? readGathered(body, gatheredPhones),
    email: readGathered(body, gatheredEmails),
  });
  const consumers = Object.keys(consumer).length > 0 ? shape.consumers.safeParse([consumer]).data : undefined;
  const queueName = shape.queueName.safeParse(fields.queuename).data;
  return withoutAbsent({ consumers, queueName, variables: variables.length > 0 ? variables : undefined });
}

/** The first field with one of these names, in their order. */
function readGathered(body: JsonObject, names: string[]): string | undefined {
  const plain = Object.entries(body).filter(([key]) => isPlain(key));
  for (const name of names) {
    const [, value] = plain.find(([key, value]) => simplify(key) === name && toText(value)?.trim()) ?? [];
    const text = toText(value)?.trim();
    if (fits(text, 256)) return text;
  }
  return undefined;
}

function readVariables(body: JsonObject): FlowVariable[] {
  return Object.entries(body)
    .filter(([key]) => !isKnownField(key))
    .flatMap(([key, value]) => {
      const name = readText({ key }, 'key');
      const text = toText(value);
      return fits(name, 256) && text !== undefined ? [{ id: name, name, value: cutText(text, 4_096) ?? '' }] : [];
    })
    .slice(0, maxVariables);
}

/** Texts as they are, other values as JSON; null counts as absent. */
function toText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '');
}

function words(...lines: string[]): string[] {
  return lines.join(' ').split(' ');
}
