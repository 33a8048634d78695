import type { LiveEvent } from '#contract/live.ts';

/** An event in the format of an event stream. JSON has no line ends, so one `data` line is enough. */
export function toFrame(event: LiveEvent): Buffer {
  const id = event.type === 'end' ? '' : `id: ${event.id}\n`;
  return Buffer.from(`${id}event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
}

export const keepAliveFrame = Buffer.from(':\n\n');

/** Undefined unless it is an id as `toFrame` writes it: a number below 2^53 in plain digits. */
export function readLastEventId(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^(0|[1-9]\d{0,14})$/.test(header) ? Number(header) : undefined;
}
