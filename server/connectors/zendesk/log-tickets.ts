import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import type { Activity } from '../port/connector.ts';
import { found, isFailure, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { type Api, type CommentRecord, mostComments, type PrivateComment, type TicketRecord } from './api.ts';
import { isRecordId, readTime, toTicketId } from './mapping.ts';
import { queryAgentByEmail } from './query.ts';

/** `isNew`: made just now, with the comment that was given. */
export type LogTicket = { ticket: TicketRecord; isNew: boolean };

/** For rules of the account: on tickets that hold nothing but a log. */
const tag = 'zoom_contact_center';

export const mostPages = 4;

/** ms. How long an agent's id is taken as known. */
const agentLife = 3_600_000;

/** ms. By how much the clocks of Zendesk and Zoom may differ. */
const clockSkew = 300_000;

/** Where an activity belongs in Zendesk, who it is of, and what stands there already. */
export function createLogTickets({ api, clock }: { api: Api; clock: Clock }) {
  const agents = new LRUCache<string, { id: number | undefined }>({ max: 1_000, ttl: agentLife, perf: { now: clock } });

  /** Solved where somebody can be named for it, as Zendesk demands: a log is no work to be done. */
  async function makeTicket(
    { subject, customerId }: Activity,
    externalId: string,
    comment: PrivateComment,
    followed: TicketRecord | undefined,
  ): Promise<Outcome<LogTicket>> {
    const customer = isRecordId(customerId) ? await api.readUser(customerId) : notFound;
    if (customer.kind !== 'found') return customer;
    if (customer.value.active === false) return notFound;
    const made = await api.createTicket(externalId, {
      subject,
      requester_id: customer.value.id,
      external_id: externalId,
      tags: [tag],
      comment,
      ...(comment.author_id !== undefined && { assignee_id: comment.author_id, status: 'solved' }),
      ...(followed && { via_followup_source_id: followed.id }),
    });
    return mapFound(made, (ticket) => ({ ticket, isNew: true }));
  }

  return {
    /** `undefined`: nobody of that address, or we may not look; without the agent it is still worth logging. */
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

    /** That of its case; or its own, made with `comment` where there is none. A closed one takes no more comments. */
    async findOrMake(activity: Activity, comment: PrivateComment): Promise<Outcome<LogTicket>> {
      const { caseNumber, key } = activity;
      const id = caseNumber === undefined ? undefined : toTicketId(caseNumber);
      const named = id === undefined ? notFound : await api.readTicket(id);
      if (caseNumber !== undefined && named.kind !== 'found') return named;
      const ofCase = named.kind === 'found' ? named.value.ticket : undefined;
      if (ofCase && ofCase.status !== 'closed') return found({ ticket: ofCase, isNew: false });
      const externalId = `deskside:${key}`;
      const before = await api.findTicketsByExternalId(externalId);
      if (before.kind !== 'found') return before;
      const ticket = before.value.tickets.find(({ external_id }) => external_id === externalId);
      return ticket ? found({ ticket, isNew: false }) : makeTicket(activity, externalId, comment, ofCase);
    },

    /** Newest first, as far back as the engagement's end (ms UTC). */
    async listComments(ticketId: number, endedAt: number): Promise<Outcome<CommentRecord[]>> {
      const comments: CommentRecord[] = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const answer = await api.listComments(ticketId, page);
        if (answer.kind !== 'found') return answer;
        comments.push(...answer.value);
        const oldest = readTime(answer.value.at(-1)?.created_at) ?? 0;
        if (answer.value.length < mostComments || oldest < endedAt - clockSkew) break;
      }
      return found(comments);
    },
  };
}
