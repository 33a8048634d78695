/*
 * Parses Zoom's payloads into the facts of the contract. A payload may come from any client version, so every field is
 * validated by itself: an invalid, empty or too long field is left out. Only a payload without a valid engagement id is
 * rejected.
 */
import * as z from 'zod/mini';
import { consumer, type EngagementFacts, engagementFacts, engagementId, flowVariable } from '#contract/engagements.ts';

export type ParsedEngagement = {
  engagementId: string;
  facts: EngagementFacts;
  /** The host's time of an event, ms UTC; null when it is absent or implausible. */
  at: number | null;
};

const day = 86_400_000;
const loose = z.record(z.string(), z.unknown());
const contextPayload = z.object({ engagementContext: loose, timestamp: z.optional(z.unknown()) });
const statusPayload = z.object({ engagementStatus: loose, timestamp: z.optional(z.unknown()) });
const variablesPayload = z.object({ variables: z.array(z.unknown()) });

/** From `getEngagementContext` and `onEngagementContextChange`. */
export function parseContext(payload: unknown, now: number): ParsedEngagement | null {
  const parsed = contextPayload.safeParse(payload);
  if (!parsed.success) return null;
  const context = parsed.data.engagementContext;
  return toParsed(context.engagementId, parsed.data.timestamp, now, {
    startTime: toTime(context.startTime),
    acceptTime: toTime(context.acceptTime),
    queueId: toText(context.queueId),
    queueName: toText(context.queueName),
    // Zoom's types call it an input of the app, but it is the number that the consumer dialed.
    flowNumber: toText(context.flowNumber),
    isTransfer: toBoolean(context.isTransfer),
    transferType: toText(context.transferType),
    transferFromAgentId: toText(context.transferFromAgentId),
    transferFromAgentName: toText(context.transferFromAgentName),
  });
}

/** From `getEngagementStatus` (everything) and `onEngagementStatusChange` (only what differs). */
export function parseStatus(payload: unknown, now: number): ParsedEngagement | null {
  const parsed = statusPayload.safeParse(payload);
  if (!parsed.success) return null;
  const status = parsed.data.engagementStatus;
  return toParsed(status.engagementId, parsed.data.timestamp, now, {
    state: toText(status.state),
    channel: toText(status.channel),
    // Empty for voice and e-mail, which is a fact too: a chat upgraded to a call has no source any more.
    source: typeof status.source === 'string' ? status.source : undefined,
    endTime: status.state === 'end' ? toTime(status.endTime) : undefined,
    isConference: toBoolean(status.isConference),
    assignedAgentId: toText(status.assignedAgentId),
    assignedAgentName: toText(status.assignedAgentName),
    consumers: Array.isArray(status.consumers) ? toConsumers(status.consumers) : undefined,
  });
}

/** The server refuses an observation over 32 kB; its other facts have a few. The first variables are reported. */
const maxVariableBytes = 24_000;

/** From `getEngagementVariableValue`; the answer names no engagement. */
export function parseVariables(payload: unknown): EngagementFacts['variables'] | null {
  const parsed = variablesPayload.safeParse(payload);
  if (!parsed.success) return null;
  const variables = parsed.data.variables.flatMap((entry) => {
    const variable = loose.safeParse(entry);
    if (!variable.success) return [];
    const { id, name, value } = variable.data;
    const checked = flowVariable.safeParse({ id, name: toText(name) ?? id, value: toText(value) });
    return checked.success ? [checked.data] : [];
  });
  let room = maxVariableBytes;
  return variables.slice(0, 500).filter((variable) => {
    room -= new Blob([JSON.stringify(variable)]).size;
    return room > 0;
  });
}

function toParsed(
  id: unknown,
  timestamp: unknown,
  now: number,
  facts: Record<string, unknown>,
): ParsedEngagement | null {
  const checked = engagementId.safeParse(id);
  if (!checked.success) return null;
  const at = toTime(timestamp) ?? null;
  // A time far in the future would win over all later events.
  return {
    engagementId: checked.data,
    facts: keepValid(engagementFacts.shape, facts),
    at: at !== null && at > now + day ? null : at,
  };
}

/** Keeps the fields that the server's schema accepts, so that one bad field does not cost the whole observation. */
function keepValid(shape: Record<string, z.ZodMiniType>, fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const value = fields[name];
      return value !== undefined && schema.safeParse(value).success ? [[name, value]] : [];
    }),
  );
}

function toConsumers(entries: unknown[]): EngagementFacts['consumers'] {
  return entries.slice(0, 50).flatMap((entry) => {
    const raw = loose.safeParse(entry);
    if (!raw.success) return [];
    const named = keepValid(consumer.shape, {
      id: toText(raw.data.consumerId),
      displayName: toText(raw.data.consumerDisplayName),
      number: toText(raw.data.consumerNumber),
      email: toText(raw.data.consumerEmail),
    });
    return [named];
  });
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Zoom types these as strings and sends 'true' and 'false'. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/**
 * Zoom's types say number, their comments ISO 8601, its samples seconds. Below 10¹¹ a number can only mean seconds:
 * as milliseconds it would lie before March 1973. Zero stands for "not set".
 */
function toTime(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  const time = typeof number === 'number' ? number : typeof number === 'string' ? Date.parse(number) : Number.NaN;
  if (!Number.isFinite(time) || time <= 0) return undefined;
  return typeof number === 'number' && time < 1e11 ? Math.round(time * 1_000) : Math.round(time);
}
