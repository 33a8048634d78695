import { linkRequest, refreshRequest, revealRequest, searchRequest, verifyRequest } from '#contract/customers.ts';
import { engagementId } from '#contract/engagements.ts';
import {
  linkCustomer,
  refreshSources,
  revealContacts,
  searchCustomers,
  undoDecision,
  unlinkCustomer,
  verifyCaller,
} from '#contract/panel-endpoints.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { CustomerService } from './service.ts';

/**
 * Search, link (which shows whom it names) and reveal are what somebody copying the directory would call, so they are
 * limited to what a person can do. What a panel says of an engagement is limited where it is taken.
 */
const perMinute = { decide: 120, link: 60, search: 60, reveal: 30, refresh: 30 };

export function createCustomerRoutes(customers: CustomerService): Route[] {
  const params = { engagementId };
  return [
    route(linkCustomer, {
      role: 'agent',
      perMinute: perMinute.link,
      params,
      body: linkRequest,
      handle: ({ principal, params, body }) => customers.link(principal, params.engagementId, body.customerId),
    }),
    route(unlinkCustomer, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      handle: ({ principal, params }) => customers.unlink(principal, params.engagementId),
    }),
    route(undoDecision, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      handle: ({ principal, params }) => customers.undo(principal, params.engagementId),
    }),
    route(revealContacts, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      body: revealRequest,
      handle: ({ principal, params, body }) => customers.reveal(principal, params.engagementId, body),
    }),
    route(verifyCaller, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      body: verifyRequest,
      handle: ({ principal, params, body }) => customers.verify(principal, params.engagementId, body),
    }),
    route(refreshSources, {
      role: 'agent',
      perMinute: perMinute.refresh,
      params,
      body: refreshRequest,
      handle: ({ principal, params, body }) => customers.refresh(principal, params.engagementId, body.source),
    }),
    route(searchCustomers, {
      role: 'agent',
      perMinute: perMinute.search,
      body: searchRequest,
      handle: ({ body }) => customers.search(body.query),
    }),
  ];
}
