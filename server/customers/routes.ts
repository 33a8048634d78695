import { linkRequest, refreshRequest, revealRequest, searchRequest, verifyRequest } from '#contract/customers.ts';
import { engagementId } from '#contract/engagements.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { CustomerService } from './service.ts';

/**
 * Search, link (which shows whom it names) and reveal are what somebody copying the directory would call, so they are
 * limited to what a person can do. What a panel says of an engagement is limited where it is taken.
 */
const perMinute = { decide: 120, link: 60, search: 60, reveal: 30, refresh: 30 };

export function createCustomerRoutes(customers: CustomerService): Route[] {
  const ofEngagement = { method: 'post', policy: 'agent', params: { engagementId } } as const;
  return [
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/link',
      perMinute: perMinute.link,
      body: linkRequest,
      handle: async ({ params, body, agent }) => customers.link(agent, params.engagementId ?? '', body.customerId),
    }),
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/unlink',
      perMinute: perMinute.decide,
      body: null,
      handle: async ({ params, agent }) => customers.unlink(agent, params.engagementId ?? ''),
    }),
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/undo',
      perMinute: perMinute.decide,
      body: null,
      handle: async ({ params, agent }) => customers.undo(agent, params.engagementId ?? ''),
    }),
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/reveal',
      perMinute: perMinute.reveal,
      body: revealRequest,
      handle: async ({ params, body, agent }) => customers.reveal(agent, params.engagementId ?? '', body),
    }),
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/verify',
      perMinute: perMinute.reveal,
      body: verifyRequest,
      handle: async ({ params, body, agent }) => customers.verify(agent, params.engagementId ?? '', body),
    }),
    route({
      ...ofEngagement,
      path: '/api/engagements/:engagementId/refresh',
      perMinute: perMinute.refresh,
      body: refreshRequest,
      handle: async ({ params, body, agent }) => customers.refresh(agent, params.engagementId ?? '', body.source),
    }),
    route({
      method: 'post',
      path: '/api/customers/search',
      policy: 'agent',
      perMinute: perMinute.search,
      body: searchRequest,
      handle: async ({ body }) => customers.search(body.query),
    }),
  ];
}
