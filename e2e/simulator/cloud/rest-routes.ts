/*
 * Zoom's token endpoint and the part of its REST API that Deskside reads. As in Zoom, an engagement can be read only
 * some seconds after its end, and until then the answer is 200 with an empty body; a list leaves it out.
 */
import express, { type Request, type Response, type Router } from 'express';
import type { Memory } from './memory.ts';
import { describePast } from './past-engagements.ts';
import {
  describeReport,
  describeUser,
  describeVariableLogs,
  type EngagementReport,
  findAgent,
  isReadable,
} from './rest-answers.ts';
import type { Tokens } from './tokens.ts';

type RestModel = Pick<Memory, 'legsOf' | 'allLegs' | 'statusOf'> & { tokens: Tokens; now(): number };

export function createRestRoutes(model: RestModel): Router {
  const router = express.Router();
  const past = describePast(model.now());

  router.post('/oauth/token', express.urlencoded({ extended: false }), (request, response) => {
    const { grant_type: grantType, account_id: accountId } = { ...request.query, ...request.body };
    const { authorization } = request.headers;
    const grant = model.tokens.grant({ authorization, grantType, accountId });
    if (grant) response.json(grant);
    else response.status(401).json({ reason: 'Invalid client_id or client_secret', error: 'invalid_client' });
  });
  router.use('/v2', (request, response, next) => {
    const [, token = null] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (model.tokens.isValid(token)) next();
    else fail(response, 401, 124, 'Invalid access token.');
  });
  router.get('/v2/contact_center/engagements', (request, response) => {
    const ended = [...model.allLegs()].flatMap((legs) =>
      isReadable(legs, model.now()) ? [describeReport(legs)].filter((one) => one !== null) : [],
    );
    response.json(listEngagements([...ended, ...past], readQuery(request)));
  });
  router.get('/v2/contact_center/engagements/:id', (request, response) => {
    const legs = model.legsOf(request.params.id);
    const known = past.find(({ engagement_id }) => engagement_id === request.params.id);
    if (known) response.json(known);
    else if (legs.length === 0) fail(response, 404, 300, 'The engagement does not exist.');
    else if (isReadable(legs, model.now())) response.json(describeReport(legs));
    else response.status(200).end();
  });
  router.get('/v2/contact_center/variable_logs', (request, response) => {
    const logs = describeVariableLogs(model.legsOf(String(request.query.engagement_id)));
    response.json({ next_page_token: '', page_size: 30, variable_logs: logs });
  });
  router.get('/v2/contact_center/users/:id', (request, response) => {
    const agent = findAgent(request.params.id);
    if (agent) response.json(describeUser(agent, model.statusOf(agent.id)));
    else fail(response, 404, 1001, 'The user does not exist.');
  });
  router.use('/v2', (_request, response) => fail(response, 404, 2300, 'This API endpoint is not recognized.'));
  return router;
}

type ListQuery = { number: string | undefined; from: number; to: number; size: number };

function readQuery({ query }: Request): ListQuery {
  const timeOf = (value: unknown, otherwise: number) => Date.parse(String(value)) || otherwise;
  return {
    number: typeof query.consumer_number === 'string' ? query.consumer_number : undefined,
    from: timeOf(query.from, 0),
    to: timeOf(query.to, Number.POSITIVE_INFINITY),
    size: Number(query.page_size) || 30,
  };
}

/** Newest first; one page, for a demo never fills two. */
function listEngagements(reports: EngagementReport[], { number, from, to, size }: ListQuery) {
  const found = reports
    .filter(({ start_time }) => Date.parse(start_time) >= from && Date.parse(start_time) <= to)
    .filter(({ consumers }) => number === undefined || consumers.some((one) => one.consumer_number === number))
    .toSorted((one, other) => other.start_time.localeCompare(one.start_time));
  return { next_page_token: '', page_size: size, total_records: found.length, engagements: found.slice(0, size) };
}

function fail(response: Response, status: number, code: number, message: string): void {
  response.status(status).json({ code, message });
}
