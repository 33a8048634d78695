import {
  type EntryKind,
  engagementFacts,
  engagementId as engagementIdSchema,
  type FlowVariable,
} from '#contract/engagements.ts';
import type { EngagementEvent } from '../../events.ts';
import { computeEventKey } from './event-key.ts';
import { cutText, readText, withoutAbsent, type ZoomObject } from './read-fields.ts';

/**
 * What a flow's event script posts. People write these scripts and their fields by hand, so a name may be written in any
 * case and with spaces, underscores or dashes in it; a script that sends Zoom's variables under their own names is
 * understood too. Everything that is not one of our fields is kept as a variable of the flow.
 */
export type FlowPost =
  | { kind: 'read'; statement: EngagementEvent }
  /** `field` as the README names it, and what to do about it. */
  | { kind: 'refused'; field: string; advice: string };

/**
 * Zoom's list of event scripts (KB0059147) in our words. A flow's `closed` fires when an agent or the consumer leaves, a
 * transfer being one of the reasons: it says that somebody left, and nothing less sure may end a record for good.
 */
const kinds = new Map<string, EntryKind>([
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

const mostVariables = 500;

/** `Engagement Accepted` and `engagement_accepted` are `engagement-accepted`. */
export function flowEventName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .slice(0, 128);
}

/**
 * A pure function of the redacted body (read-body.ts) and of when it first arrived, ms UTC: a post has no time of its
 * own. `name`: as of flowEventName. Two posts of one script with the same body are one occurrence.
 */
export function readFlowPost(name: string, body: ZoomObject, receivedAt: number): FlowPost {
  const fields = readOwnFields(body);
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
    statement: {
      engagementId: engagementId.data,
      key: computeEventKey('flow', name, body),
      at: receivedAt,
      origin: 'flow',
      kind,
      facts: readFacts(fields, readVariables(body)),
      ...withoutAbsent({
        agent: fits(fields.agentemail, 256) ? { email: fields.agentemail } : undefined,
        text,
      }),
    },
  };
}

const ownFields = ['engagementid', 'callernumber', 'ani', 'agentemail', 'queuename', 'dispositionname'] as const;
type OwnFields = { [Field in (typeof ownFields)[number]]?: string };

/** By the plain name; where that is absent, by the name of Zoom's own variable, such as `global_system.Engagement.ANI`. */
function readOwnFields(body: ZoomObject): OwnFields {
  const found: OwnFields = {};
  const entries = Object.entries(body);
  for (const isWanted of [isPlain, isOfSystem]) {
    for (const [key, value] of entries.filter(([key]) => isWanted(key))) {
      const field = ownFields.find((own) => own === simplify(key));
      const text = toText(value)?.trim();
      if (field && text) found[field] ??= text;
    }
  }
  return found;
}

const isPlain = (key: string) => !key.includes('.');
const isOfSystem = (key: string) => /^\s*global[\s_-]?system\./i.test(key);
const simplify = (key: string) =>
  key
    .replace(/^.*\./, '')
    .replace(/[\s_-]+/g, '')
    .toLowerCase();
const isOwn = (key: string) => isPlain(key) && ownFields.some((own) => own === simplify(key));
const fits = (text: string | undefined, length: number): text is string => text !== undefined && text.length <= length;

function readFacts(fields: OwnFields, variables: FlowVariable[]): EngagementEvent['facts'] {
  const number = fields.callernumber ?? fields.ani;
  const { shape } = engagementFacts;
  const consumers = shape.consumers.safeParse(number === undefined ? undefined : [{ number }]).data;
  const queueName = shape.queueName.safeParse(fields.queuename).data;
  return withoutAbsent({ consumers, queueName, variables: variables.length > 0 ? variables : undefined });
}

function readVariables(body: ZoomObject): FlowVariable[] {
  return Object.entries(body)
    .filter(([key]) => !isOwn(key))
    .flatMap(([key, value]) => {
      const name = readText({ key }, 'key');
      const text = toText(value);
      return fits(name, 256) && text !== undefined ? [{ id: name, name, value: cutText(text, 4_096) ?? '' }] : [];
    })
    .slice(0, mostVariables);
}

/** Numbers and the like as JSON writes them; null says nothing. */
function toText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\0', '');
}
