import type {
  LinkRequest,
  RefreshRequest,
  RevealAnswer,
  RevealRequest,
  SearchAnswer,
  SearchRequest,
  VerifyRequest,
} from './customers.ts';
import { endpoint } from './endpoint.ts';
import type { Observation } from './engagements.ts';
import type { EngagementView } from './view.ts';

/** Takes what the panel saw through the SDK. */
export const viewEngagement = endpoint<{ body: Observation; answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/view',
});

export const linkCustomer = endpoint<{ body: LinkRequest; answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/link',
});

export const unlinkCustomer = endpoint<{ answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/unlink',
});

export const undoDecision = endpoint<{ answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/undo',
});

/** The linked customer's phones and e-mails, unmasked. Recorded on the audit trail. */
export const revealContacts = endpoint<{ body: RevealRequest; answer: RevealAnswer }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/reveal',
});

/** Answers with sensitive fields shown. Recorded on the audit trail. */
export const verifyCaller = endpoint<{ body: VerifyRequest; answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/verify',
});

/** Requests one source, or all, bypassing all caches. */
export const refreshSources = endpoint<{ body: RefreshRequest; answer: EngagementView }>()({
  method: 'POST',
  path: '/api/engagements/:engagementId/refresh',
});

/** A POST, because nothing personal may stand in a URL. */
export const searchCustomers = endpoint<{ body: SearchRequest; answer: SearchAnswer }>()({
  method: 'POST',
  path: '/api/customers/search',
});
