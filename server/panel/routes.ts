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
import type { Agent } from '#contract/session.ts';
import type { EngagementAccess } from '../feature.ts';
import { type Route, route } from '../platform/http/route.ts';
import { createAccessGuards, type ReadAccess } from './access-guards.ts';
import { serializeView } from './serialize-view.ts';
import type { EngagementCall, PanelService } from './service.ts';

/**
 * Search, link (which shows the customer it names) and reveal could be used to copy a source, so they are limited to
 * what an agent can do by hand. `view` is sent at every switch and observation, up to 20 a second; new facts have a
 * quota of their own (change-quota.ts).
 */
const perMinute = { view: 1_200, decide: 120, link: 60, search: 60, reveal: 30, refresh: 30 };

/** Bytes of a view's body, usually some 5,000: it is compared with what is stored at every switch. */
const maxObservationBytes = 32 * 1024;

export function createPanelRoutes(panel: PanelService, readAccess: ReadAccess): Route[] {
  const params = { engagementId };
  const { see, known, decide, act } = createAccessGuards(readAccess);
  return [
    route(viewEngagement, {
      role: 'agent',
      perMinute: perMinute.view,
      maxBytes: maxObservationBytes,
      params,
      access: see,
      body: observation,
      handle: (request) => panel.view(toCall(request), request.body.facts),
      serialize: serializeView,
    }),
    route(linkCustomer, {
      role: 'agent',
      perMinute: perMinute.link,
      params,
      access: decide,
      body: linkRequest,
      handle: (request) => panel.link(toCall(request), request.body.customerId),
      serialize: serializeView,
    }),
    route(unlinkCustomer, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      access: decide,
      handle: (request) => panel.unlink(toCall(request)),
      serialize: serializeView,
    }),
    route(undoDecision, {
      role: 'agent',
      perMinute: perMinute.decide,
      params,
      access: decide,
      handle: (request) => panel.undo(toCall(request)),
      serialize: serializeView,
    }),
    route(revealContacts, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      access: act,
      body: revealRequest,
      handle: (request) => panel.reveal(toCall(request), request.body),
    }),
    route(verifyCaller, {
      role: 'agent',
      perMinute: perMinute.reveal,
      params,
      access: act,
      body: verifyRequest,
      handle: (request) => panel.verify(toCall(request), request.body),
      serialize: serializeView,
    }),
    route(refreshSources, {
      role: 'agent',
      perMinute: perMinute.refresh,
      params,
      access: known,
      body: refreshRequest,
      handle: (request) => panel.refresh(toCall(request), request.body.source),
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

const toCall = (request: {
  principal: Agent;
  params: { engagementId: string };
  access: EngagementAccess;
}): EngagementCall => ({
  agent: request.principal,
  engagementId: request.params.engagementId,
  access: request.access,
});
