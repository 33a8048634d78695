/** Writes of tickets, comments and calls, with Zendesk's validation and error messages. */
import type { FakeReply, FakeRequest } from '../conformance/fake-crm-server.ts';
import { apiUserId, type FakeRecords, type FakeTicket, toZendeskTime } from './fake-records.ts';

type Body = Record<string, unknown>;

const ticketFields = [
  'subject',
  'requester_id',
  'external_id',
  'tags',
  'comment',
  'assignee_id',
  'status',
  'priority',
  'via_followup_source_id',
  'safe_update',
  'updated_stamp',
];
const commentFields = ['body', 'public', 'author_id'];
const callFields = [
  'app_id',
  'external_id',
  'from_line',
  'to_line',
  'call_started_at',
  'call_ended_at',
  'direction',
  'ticket_id',
  'end_user_id',
  'agent_id',
  'call_disposition',
];
const neededOfCall = ['app_id', 'from_line', 'to_line', 'call_started_at', 'direction'];

export function reject(status: number, error: unknown, description?: string, details?: unknown): FakeReply {
  return { status, json: { error, ...(description && { description }), ...(details !== undefined && { details }) } };
}

const invalid = (field: string, description: string) =>
  reject(422, 'RecordInvalid', 'Record validation errors', { [field]: [{ description }] });

export function createFakeWrites(records: FakeRecords) {
  const answered = new Map<string, { body: string; reply: FakeReply }>();

  function readPart(request: FakeRequest, name: string, known: string[]): Body | FakeReply {
    const type = request.headers['content-type']?.toString() ?? '';
    const part = (request.json as Body | undefined)?.[name];
    if (!type.startsWith('application/json') || typeof part !== 'object' || part === null) {
      return reject(400, 'Unprocessable', `The request misses ${name}`);
    }
    const unknown = Object.keys(part).find((key) => !known.includes(key));
    return unknown === undefined ? (part as Body) : invalid(unknown, `${unknown}: is not a known attribute`);
  }

  function addComment(ticket: FakeTicket, given: unknown): FakeReply | undefined {
    const comment = given as Body;
    const unknown = Object.keys(comment).find((key) => !commentFields.includes(key));
    if (unknown !== undefined) return invalid('comment', `${unknown}: is not a known attribute`);
    if (typeof comment.body !== 'string' || comment.body === '') return invalid('comment', 'Comment: cannot be blank');
    const author = Number(comment.author_id ?? apiUserId);
    if (!records.users.has(author)) return invalid('author', 'Author: is invalid');
    // A comment that is not marked private is public: it goes to the customer.
    const isPublic = comment.public !== false;
    records.addComment({
      ticket_id: ticket.id,
      type: 'Comment',
      author_id: author,
      public: isPublic,
      body: comment.body,
    });
    return undefined;
  }

  function findTicketProblem(given: Body): FakeReply | undefined {
    const { status, assignee_id, external_id } = given;
    const isAgent = ['agent', 'admin'].includes(records.users.get(Number(assignee_id))?.role ?? '');
    if (assignee_id !== undefined && !isAgent) return invalid('assignee', 'Assignee: is invalid');
    if (status === 'solved' && !isAgent) return invalid('base', 'Assignee: is required when solving tickets');
    return typeof external_id === 'string' && external_id.length > 255
      ? invalid('external_id', 'External ID: is too long (maximum is 255 characters)')
      : undefined;
  }

  function createTicket(request: FakeRequest): FakeReply {
    const key = request.headers['idempotency-key']?.toString();
    const known = key === undefined ? undefined : answered.get(key);
    if (known && known.body !== request.body) {
      return reject(400, 'IdempotentRequestError', 'Request parameters are different from the first request');
    }
    if (known) return { ...known.reply, headers: { 'x-idempotency-lookup': 'hit' } };
    const reply = makeTicket(request);
    if (key === undefined || reply.status !== 201) return reply;
    answered.set(key, { body: request.body, reply });
    return { ...reply, headers: { 'x-idempotency-lookup': 'miss' } };
  }

  function makeTicket(request: FakeRequest): FakeReply {
    const given = readPart(request, 'ticket', ticketFields);
    if ('status' in given && typeof given.status === 'number') return given as FakeReply;
    const ticket = given as Body;
    if (typeof ticket.comment !== 'object') return invalid('base', 'Description: cannot be blank');
    const requester = records.users.get(Number(ticket.requester_id ?? apiUserId));
    if (!requester?.active) return invalid('requester', 'Requester: is invalid');
    const source = ticket.via_followup_source_id;
    if (source !== undefined && records.tickets.get(Number(source))?.status !== 'closed') {
      return invalid('via_followup_source_id', 'Source ticket: is not closed');
    }
    const problem = findTicketProblem(ticket);
    if (problem) return problem;
    const { comment, safe_update: _safe, updated_stamp: _stamp, ...fields } = ticket;
    const made = records.addTicket({ subject: '', ...fields, requester_id: requester.id });
    const rejection = addComment(made, comment);
    if (rejection) records.tickets.delete(made.id);
    return rejection ?? { status: 201, json: { ticket: made } };
  }

  function updateTicket(ticket: FakeTicket, request: FakeRequest): FakeReply {
    const given = readPart(request, 'ticket', ticketFields);
    if ('status' in given && typeof given.status === 'number') return given as FakeReply;
    const { comment, safe_update, updated_stamp, ...fields } = given as Body;
    if (ticket.status === 'closed') return invalid('status', 'Status: closed prevents ticket update');
    if (safe_update === true && updated_stamp !== ticket.updated_at) {
      return reject(409, 'UpdateConflict', 'Safe Update prevented the update due to outdated ticket data.');
    }
    const rejection = findTicketProblem(fields) ?? (comment === undefined ? undefined : addComment(ticket, comment));
    if (rejection) return rejection;
    Object.assign(ticket, fields, { updated_at: toZendeskTime(Date.now()) });
    return { status: 200, json: { ticket, audit: { ticket_id: ticket.id } } };
  }

  function createCall(request: FakeRequest): FakeReply {
    const call = readPart(request, 'call', callFields);
    if ('status' in call && typeof call.status === 'number') return call as FakeReply;
    const given = call as Body;
    const missing = neededOfCall.find((name) => given[name] === undefined);
    if (missing !== undefined) return reject(400, 'MissingParameter', `Parameter ${missing} is required`);
    if (!Number.isInteger(given.app_id)) return reject(400, 'InvalidParameter', 'app_id must be an integer');
    const ticket = records.tickets.get(Number(given.ticket_id));
    if (!ticket) return reject(422, 'RecordInvalid', 'ticket_id is invalid');
    const made = records.addCall({ ...given, ticket_id: ticket.id });
    const comment = (request.json as { comment?: { title?: string } }).comment;
    if (comment) {
      const { title = '' } = comment;
      records.addComment({
        ticket_id: ticket.id,
        type: 'TpeVoiceComment',
        author_id: apiUserId,
        public: false,
        body: title,
        data: { title, from: given.from_line, to: given.to_line },
      });
      ticket.updated_at = toZendeskTime(Date.now());
    }
    return { status: 201, json: { call: { duration: null, transcript: null, ...made } } };
  }

  return { createTicket, updateTicket, createCall };
}
