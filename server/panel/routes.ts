import { linkRequest, refreshRequest, revealRequest, searchRequest, verifyRequest } from '#contract/customers.ts';
import { engagementId, observation } from '#contract/engagements.ts';
import {
  linkCustomer,
  refreshSources,
  revealContacts,
  searchCustomers,
  undoDecision,
  unlinkCustomer,
  verifyCaller,
  viewEngagement,
} from '#contract/panel-endpoints.ts';
import { type Route, route } from '../platform/http/route.ts';
import { serializeView } from './serialize-view.ts';
import type { PanelService } from './service.ts';

/**
 * Search, link (which shows the customer it names) and reveal could be used to copy a source, so they are limited to
 * what an agent can do by hand. `view` is sent at every switch and observation, up to 20 a second; new facts have a
 * quota of their own (change-quota.ts).
 */
const perMinute = { view: 1_200, decide: 120, link: 60, search: 60, reveal: 30, refresh: 30 };

/** Bytes of a view's body, usually some 5,000: it is compared with what is stored at every switch. */
const maxObservationBytes = 32 * 1024;

export function createPanelRoutes(panel: PanelService): Route[] {
  const params = { engagementId };
  return [
    route(viewEngagement, {
      role: 'agent',
      perMinute: perMinute.view,
      maxBytes: maxObservationBytes,
      params,
      body: observation,
      handle: ({ principal, params, body }) => panel.view(principal, params.engagementId, body.facts),
      serialize: serializeView,
    }),
    route(linkCustomer, {
      role: 'agent',
      perMinute: perMinute.link,
      params,
      body: linkRequest,
      handle: ({ principal, params, body }) => panel.link(principal, params.engagementId, body.customerId),
      serialize: serializeView,
    }),
    route(unlinkCustomer, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      handle: ({ principal, params }) => panel.unlink(principal, params.engagementId),
      serialize: serializeView,
    }),
    route(undoDecision, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      handle: ({ principal, params }) => panel.undo(principal, params.engagementId),
      serialize: serializeView,
    }),
    route(revealContacts, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      body: revealRequest,
      handle: ({ principal, params, body }) => panel.reveal(principal, params.engagementId, body),
    }),
    route(verifyCaller, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      body: verifyRequest,
      handle: ({ principal, params, body }) => panel.verify(principal, params.engagementId, body),
      serialize: serializeView,
    }),
    route(refreshSources, {
      role: 'agent',
      perMinute: perMinute.refresh,
      params,
      body: refreshRequest,
      handle: ({ principal, params, body }) => panel.refresh(principal, params.engagementId, body.source),
      serialize: serializeView,
    }),
    route(searchCustomers, {
      role: 'agent',
      perMinute: perMinute.search,
      body: searchRequest,
      handle: ({ principal, body }) => panel.search(principal, body.query),
    }),
  ];
}
