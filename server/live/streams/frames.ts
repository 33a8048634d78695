import type { LiveEvent } from '#contract/live.ts';

/** One event as it goes over the wire. JSON holds no line ends, so one `data` line carries it. Bytes, to be shared. */
export function toFrame(event: LiveEvent): Buffer {
  const id = event.type === 'end' ? '' : `id: ${event.id}\n`;
  return Buffer.from(`${id}event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
}

export const keepAliveFrame = Buffer.from(':\n\n');

/** Undefined for everything that is not an id as we write them: a number below 2^53 in plain digits. */
export function readLastEventId(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^(0|[1-9]\d{0,14})$/.test(header) ? Number(header) : undefined;
}
