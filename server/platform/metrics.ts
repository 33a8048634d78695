import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3_600];

/**
 * Everything that is counted, in one list, so that an operator can read what there is. Labels hold words of ours only:
 * no account, engagement, agent or customer ever becomes one. Made per app, because two apps may live in one process.
 */
export function createMetrics({ withProcess = true } = {}) {
  const registry = new Registry();
  const registers = [registry];
  if (withProcess) collectDefaultMetrics({ register: registry });

  return {
    registry,
    /** `origin`: webhook, socket, flow, rest. `outcome`: stored, duplicate, refused, unavailable. */
    intakeEvents: new Counter({
      name: 'deskside_intake_events_total',
      help: 'Events that Zoom or a flow delivered',
      labelNames: ['origin', 'outcome'],
      registers,
    }),
    intakeAck: new Histogram({
      name: 'deskside_intake_ack_seconds',
      help: 'From the whole body being there to the answer, after the commit',
      labelNames: ['origin'],
      buckets: seconds,
      registers,
    }),
    intakeLag: new Histogram({
      name: 'deskside_intake_lag_seconds',
      help: 'From the occurrence in Zoom to its first arrival here',
      labelNames: ['origin'],
      buckets: seconds,
      registers,
    }),
    /** `outcome`: applied, ignored, dead. */
    processed: new Counter({
      name: 'deskside_intake_processed_total',
      help: 'Stored events that were processed',
      labelNames: ['outcome'],
      registers,
    }),
    pending: new Gauge({ name: 'deskside_intake_pending', help: 'Stored events not processed yet', registers }),
    deadLetters: new Gauge({
      name: 'deskside_intake_dead_letters',
      help: 'Events that could not be applied',
      registers,
    }),
    /** `prefetched`: true, false. */
    views: new Counter({
      name: 'deskside_views_total',
      help: 'Panel views, by whether the look-up had been made before',
      labelNames: ['prefetched'],
      registers,
    }),
    /** `source`: the connection's id in the settings. `kind`: refused, forbidden, rate-limited, unavailable, invalid. */
    sourceFailures: new Counter({
      name: 'deskside_source_failures_total',
      help: 'Questions that a source did not answer',
      labelNames: ['source', 'kind'],
      registers,
    }),
    /** `route`: its pattern. `code`: the contract's; `rate_limited` is who asks more than a person can, such as everybody's number. */
    refused: new Counter({
      name: 'deskside_refused_requests_total',
      help: 'Requests that were answered by an error',
      labelNames: ['route', 'code'],
      registers,
    }),
    liveStreams: new Gauge({ name: 'deskside_live_streams', help: 'Open streams of panels', registers }),
    /** `type`: engagement, reset. */
    liveSent: new Counter({
      name: 'deskside_live_events_total',
      help: 'Events sent to panels',
      labelNames: ['type'],
      registers,
    }),
    /** `reason`: signed-out, replaced, draining, slow, gone. */
    liveClosed: new Counter({
      name: 'deskside_live_closed_total',
      help: 'Streams that ended',
      labelNames: ['reason'],
      registers,
    }),
    socketOwner: new Gauge({ name: 'deskside_socket_owner', help: '1 while this process holds the lease', registers }),
    socketConnected: new Gauge({
      name: 'deskside_socket_connected',
      help: '1 while Zoom’s WebSocket is open',
      registers,
    }),
    socketGapSeconds: new Counter({
      name: 'deskside_socket_gap_seconds_total',
      help: 'Time in which the WebSocket was not heard',
      registers,
    }),
    /** `outcome`: agreed, corrected, not-ready, refused, unavailable, given-up. */
    reconcileJobs: new Counter({
      name: 'deskside_reconcile_jobs_total',
      help: 'Runs of reconcile jobs, each for one ended engagement',
      labelNames: ['outcome'],
      registers,
    }),
    /** `kind`: the timeline's words. */
    reconciledEvents: new Counter({
      name: 'deskside_reconciled_events_total',
      help: 'Engagement events that were missed and came by reconciliation',
      labelNames: ['kind'],
      registers,
    }),
  };
}
