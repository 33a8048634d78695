import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { type Route, route } from '../../platform/http/route.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { EventReceiver } from '../inbox/event-receiver.ts';
import { asObject } from '../normalize/json-fields.ts';
import { answerValidation, checkSignatureHeaders, type Refused, verifySignature } from './signature.ts';

/** Zoom's webhooks are a few kilobytes; transcripts are links. */
const maxWebhookBytes = 128 * 1024;

/** A wrong clock is logged once in so many ms, not for each event. */
const clockReportMs = 60_000;

/** By address, which all of Zoom's flows may share. A flow does not repeat a post that was refused. */
const maxFlowPostsPerMinute = 12_000;

type Stored = { body: unknown; answer: { stored: true } };

const receiveWebhook = endpoint<{ body: unknown; answer: unknown }>()({ method: 'POST', path: '/zoom/webhooks' });
const postAcceptedCall = endpoint<Stored>()({ method: 'POST', path: '/flow/acceptedcall' });
const postDispositionedCall = endpoint<Stored>()({ method: 'POST', path: '/flow/dispositionedcall' });
const postFlowEvent = endpoint<Stored>()({ method: 'POST', path: '/flow/events/:name' });

export function createIntakeRoutes(parts: {
  /** The webhook secret tokens, the current one first; empty when webhooks are not set up. */
  secrets: string[];
  receiver: EventReceiver;
  clock: Clock;
  metrics: Pick<Metrics, 'intakeEvents'>;
  log: Pick<Log, 'info' | 'error'>;
}): Route[] {
  return [createWebhookRoute(parts), ...createFlowRoutes(parts.receiver)];
}

type WebhookParts = Parameters<typeof createIntakeRoutes>[0];

function createWebhookRoute({ secrets, receiver, clock, metrics, log }: WebhookParts): Route {
  const readSignatureHeaders = (headers: IncomingHttpHeaders) => ({
    signature: headers['x-zm-signature'],
    timestamp: headers['x-zm-request-timestamp'],
  });
  const refuse = ({ reason }: Refused): AppError => {
    metrics.intakeEvents.inc({ origin: 'webhook', outcome: 'refused' });
    return new AppError('unauthenticated', 'The signature is not valid for this body and this time.', { reason });
  };
  let nextClockReportAt = Number.NEGATIVE_INFINITY;
  /** A 4xx would lose the event, because Zoom repeats only what was answered 5xx. A replay gains nothing by it. */
  const postpone = (offsetSeconds: number): AppError => {
    metrics.intakeEvents.inc({ origin: 'webhook', outcome: 'unavailable' });
    if (clock() >= nextClockReportAt) {
      nextClockReportAt = clock() + clockReportMs;
      log.error(
        { offsetSeconds: Math.round(offsetSeconds) },
        'a signed webhook has another time than this server: check the server’s clock',
      );
    }
    return new AppError('unavailable', 'The time of the signature is too far from this server’s. Send it again.', {
      reason: 'timestamp-stale',
    });
  };

  return {
    kind: 'signed',
    endpoint: receiveWebhook,
    role: 'signature',
    maxBytes: maxWebhookBytes,
    checkHeaders(headers) {
      if (secrets.length === 0) {
        throw new AppError('unavailable', 'Webhooks are not set up here: ZOOM_WEBHOOK_SECRET_TOKEN is not set.');
      }
      const checked = checkSignatureHeaders(readSignatureHeaders(headers));
      if (checked.kind === 'refused') throw refuse(checked);
    },
    async handle({ headers, body }) {
      const verdict = verifySignature({ secrets, body, nowMs: clock(), ...readSignatureHeaders(headers) });
      if (verdict.kind === 'refused') throw refuse(verdict);
      if (verdict.kind === 'stale') throw postpone(verdict.offsetSeconds);
      const validation = readValidation(body);
      if (validation === undefined) {
        await receiver.receiveZoomEvent('webhook', body);
        return { stored: true };
      }
      const answer = answerValidation(verdict.secret, validation.plainToken);
      if (!answer) throw new AppError('invalid_request', 'plainToken is not a short word.', { reason: 'plain-token' });
      log.info('Zoom validated the webhook endpoint');
      return answer;
    },
  };
}

/** Undefined for any other event. Parses only bodies that contain the event's name: the receiver parses the rest. */
function readValidation(body: Buffer): { plainToken: unknown } | undefined {
  if (!body.includes('endpoint.url_validation')) return undefined;
  try {
    const envelope = asObject(JSON.parse(new TextDecoder().decode(body)));
    if (envelope?.event !== 'endpoint.url_validation') return undefined;
    return { plainToken: asObject(envelope.payload)?.plainToken };
  } catch {
    return undefined;
  }
}

/** README: lower-case words with dashes. Spaces, underscores and capitals are accepted and normalized. */
const eventName = z.string().regex(/^[a-z0-9][a-z0-9 _-]{0,63}$/i);

/** The receiver validates the body: its messages are for the author of a flow script. */
const flowBody = z.unknown();

function createFlowRoutes(receiver: EventReceiver): Route[] {
  const shared = { role: 'flow', perMinute: maxFlowPostsPerMinute, body: flowBody } as const;
  const receivePost = async (name: string, body: unknown) => {
    await receiver.receiveFlowPost(name, body);
    return { stored: true } as const;
  };
  return [
    route(postAcceptedCall, { ...shared, handle: ({ body }) => receivePost('acceptedcall', body) }),
    route(postDispositionedCall, { ...shared, handle: ({ body }) => receivePost('dispositionedcall', body) }),
    route(postFlowEvent, {
      ...shared,
      params: { name: eventName },
      handle: ({ params, body }) => receivePost(params.name, body),
    }),
  ];
}
