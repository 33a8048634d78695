import type { Agent } from '#contract/session.ts';

type AuditAction =
  | 'session.sign-in'
  /** By the agent, or because Zoom deleted the user. */
  | 'session.sign-out'
  /** Refused sign-ins of one reason within a minute. The users are not named. */
  | 'session.refused'
  | 'customer.search'
  /** The first time that the agent was shown this customer in this engagement. */
  | 'customer.view'
  | 'customer.link'
  | 'customer.unlink'
  | 'customer.undo'
  | 'customer.reveal'
  | 'customer.verify'
  | 'customer.erase'
  /** The first act of an hour that was refused because the agent's budget was spent. */
  | 'budget.refused'
  /** An operator sealed the trail by a first key, by another, or after its seal did not fit. */
  | 'audit.seal-change';

/** An act of an agent, or of an operator's command, that must be answerable for later. Entries are only ever added. */
export type AuditEntry = {
  agent: Agent;
  action: AuditAction;
  engagementId?: string | undefined;
  customerId?: string | undefined;
  /** Codes, counts, ids and the agent's reason in words; never a value that is masked, never a search text. */
  details?: Record<string, string | number | string[]>;
};
