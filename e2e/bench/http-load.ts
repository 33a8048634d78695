import autocannon from 'autocannon';
import { formatUrl } from '#contract/endpoint.ts';
import { viewEngagement } from '#contract/panel-endpoints.ts';
import { openSession } from '#contract/session.ts';
import { callEndpoint } from '../../server/platform/http/call-for-tests.ts';
import { benchCustomers, benchPhone } from './bench-customers.ts';

const seconds = 6;
const connections = 16;

/** Requests per second and the median and 99th percentile of their time, in ms. */
export type Load = { perSecond: number; p50: number; p99: number };

/** As many agents as keep each of them below the limit that one agent has per minute. */
export const benchAgents = 100;

const engagements = 500;

/** The panel's own question, for engagements that are already known: what a switch or a reload asks. */
export function loadView(origin: string, bearers: readonly string[]): Promise<Load> {
  return load({
    url: origin,
    requests: Array.from({ length: engagements }, (_, at) => ({
      method: 'POST' as const,
      path: formatUrl(viewEngagement.path, { params: { engagementId: `L-${at}` } }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearers[at % bearers.length]}` },
      body: JSON.stringify({ facts: { channel: 'voice', state: 'active', consumers: [{ number: phone(at) }] } }),
    })),
  });
}

export function loadFloor(origin: string): Promise<Load> {
  return load({
    url: origin,
    requests: Array.from({ length: engagements }, (_, at) => ({
      method: 'GET' as const,
      path: `/view?phone=${encodeURIComponent(phone(at))}`,
    })),
  });
}

const phone = (at: number) => benchPhone((at * 7_919) % benchCustomers);

async function load(options: autocannon.Options): Promise<Load> {
  await autocannon({ ...options, connections, duration: 2 });
  const result = await autocannon({ ...options, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers of ${options.url} were not 2xx, ${result.errors} failed`);
  }
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

export async function signIn(origin: string, context: string): Promise<string> {
  return (await callEndpoint(origin, openSession, { body: { context } })).token;
}
