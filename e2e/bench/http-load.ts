import autocannon from 'autocannon';
import { formatUrl } from '#contract/endpoint.ts';
import { viewEngagement } from '#contract/panel-endpoints.ts';
import { openSession } from '#contract/session.ts';
import { callEndpoint } from '../../server/platform/http/call-for-tests.ts';
import { benchCustomers, benchPhone } from './bench-customers.ts';
import type { Load } from './compare-loads.ts';

const connections = 16;

/** As many agents as keep each of them below the limit that one agent has per minute. */
export const benchAgents = 200;

type LoadedEngagement = { id: string; agent: number; phone: string };

export function listEngagements(prefix: string, count: number, customers = benchCustomers): LoadedEngagement[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}-${index}`,
    agent: index % benchAgents,
    phone: benchPhone((index * 7_919) % customers),
  }));
}

/** The panel's request for engagements that are already known: what a switch or a reload sends. */
export function viewRequest({ id, agent, phone }: LoadedEngagement, bearers: readonly string[]) {
  return {
    method: 'POST' as const,
    path: formatUrl(viewEngagement.path, { params: { engagementId: id } }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearers[agent]}` },
    body: JSON.stringify({ facts: { channel: 'voice', state: 'active', consumers: [{ number: phone }] } }),
  };
}

export function floorRequest({ phone }: LoadedEngagement) {
  return { method: 'GET' as const, path: `/view?phone=${encodeURIComponent(phone)}` };
}

export async function loadServer(origin: string, requests: autocannon.Request[], seconds: number): Promise<Load> {
  const result = await autocannon({ url: origin, requests, connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers of ${origin} were not 2xx, ${result.errors} failed`);
  }
  return {
    perSecond: result.requests.average,
    requests: result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

export async function signIn(origin: string, context: string): Promise<string> {
  return (await callEndpoint(origin, openSession, { body: { context } })).token;
}
