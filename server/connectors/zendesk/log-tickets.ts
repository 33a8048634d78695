import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import type { Activity } from '../port/connector.ts';
import { found, isFailure, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { parseTime } from '../port/values.ts';
import { type Api, type CommentRecord, maxComments, type PrivateComment, type TicketRecord } from './api.ts';
import { isRecordId, toTicketId } from './mapping.ts';
import { queryAgentByEmail } from './query.ts';

/** `existing`: the ticket to write to. `closedCase`: the ticket of the case, if it accepts no more comments. */
type TicketLookup = { existing: TicketRecord | undefined; closedCase: TicketRecord | undefined };

/** Marks tickets that hold only a log, for the account's business rules. */
const tag = 'zoom_contact_center';

const maxPages = 4;

/** ms. */
const agentTtl = 3_600_000;

/** ms. Maximum difference between the clocks of Zendesk and Zoom. */
const clockSkew = 300_000;

/** Finds or creates the ticket of an activity, its agent and its existing comments. */
export function createLogTickets(api: Api, clock: Clock) {
  const agents = new LRUCache<string, { id: number | undefined }>({ max: 1_000, ttl: agentTtl, perf: { now: clock } });

  return {
    /**
     * `undefined`: no agent has this address, or we lack the right to search. The activity is logged without an author.
     */
    async findAgent(email: string): Promise<Outcome<number | undefined>> {
      const wanted = email.toLowerCase();
      const known = agents.get(wanted);
      if (known) return found(known.id);
      const query = queryAgentByEmail(wanted);
      const answer = query === undefined ? notFound : await api.searchUsers(query, 10);
      if (isFailure(answer)) return ['forbidden', 'invalid'].includes(answer.kind) ? found(undefined) : answer;
      const users = answer.kind === 'found' ? answer.value.users : [];
      const agent = users.find(
        (user) => ['agent', 'admin'].includes(user.role ?? '') && user.email?.toLowerCase() === wanted,
      );
      agents.set(wanted, { id: agent?.id });
      return found(agent?.id);
    },

    /** The ticket of the case, unless it is closed to comments; else the activity's own, if it exists. */
    async find({ caseNumber, key }: Activity): Promise<Outcome<TicketLookup>> {
      const id = caseNumber === undefined ? undefined : toTicketId(caseNumber);
      const ofCase = id === undefined ? notFound : await api.readTicket(id);
      if (caseNumber !== undefined && ofCase.kind !== 'found') return ofCase;
      const caseTicket = ofCase.kind === 'found' ? ofCase.value.ticket : undefined;
      if (caseTicket && caseTicket.status !== 'closed') return found({ existing: caseTicket, closedCase: undefined });
      const externalId = toExternalId(key);
      const list = await api.findTicketsByExternalId(externalId);
      return mapFound(list, ({ tickets }) => {
        const existing = tickets.find(({ external_id }) => external_id === externalId);
        return { existing, closedCase: caseTicket };
      });
    },

    /** Solved if an assignee is known, which Zendesk requires for that status. */
    async create(
      { key, subject, customerId }: Activity,
      comment: PrivateComment,
      closedCase: TicketRecord | undefined,
    ): Promise<Outcome<TicketRecord>> {
      const customer = isRecordId(customerId) ? await api.readUser(customerId) : notFound;
      if (customer.kind !== 'found') return customer;
      if (customer.value.active === false) return notFound;
      const externalId = toExternalId(key);
      return api.createTicket(externalId, {
        subject,
        requester_id: customer.value.id,
        external_id: externalId,
        tags: [tag],
        comment,
        ...(comment.author_id !== undefined && { assignee_id: comment.author_id, status: 'solved' }),
        ...(closedCase && { via_followup_source_id: closedCase.id }),
      });
    },

    /** Newest first, as far back as the engagement's end (ms UTC). */
    async listComments(ticketId: number, endedAt: number): Promise<Outcome<CommentRecord[]>> {
      const comments: CommentRecord[] = [];
      for (let page = 1; page <= maxPages; page += 1) {
        const answer = await api.listComments(ticketId, page);
        if (answer.kind !== 'found') return answer;
        comments.push(...answer.value);
        const oldest = parseTime(answer.value.at(-1)?.created_at) ?? 0;
        if (answer.value.length < maxComments || oldest < endedAt - clockSkew) break;
      }
      return found(comments);
    },
  };
}

function toExternalId(key: string): string {
  return `deskside:${key}`;
}
