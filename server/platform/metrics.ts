import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3_600];

/**
 * All metrics in one list, for operators to read. Labels hold only fixed words and ids from the settings, never an
 * account, an engagement, an agent or a customer. Created for each app, because a process may run two.
 */
export function createMetrics({ withProcess = true } = {}) {
  const registry = new Registry();
  const registers = [registry];
  if (withProcess) collectDefaultMetrics({ register: registry });

  return {
    registry,
    /** `origin`: webhook, socket, flow. `outcome`: stored, duplicate, refused, malformed, unavailable. */
    intakeEvents: new Counter({
      name: 'deskside_intake_events_total',
      help: 'Events that Zoom or a flow delivered',
      labelNames: ['origin', 'outcome'],
      registers,
    }),
    intakeAck: new Histogram({
      name: 'deskside_intake_ack_seconds',
      help: 'From the receipt of the whole body to the answer, after the commit',
      labelNames: ['origin'],
      buckets: seconds,
      registers,
    }),
    intakeLag: new Histogram({
      name: 'deskside_intake_lag_seconds',
      help: 'From the event in Zoom to its first arrival',
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
      help: 'Panel views, by whether their look-up was prefetched',
      labelNames: ['prefetched'],
      registers,
    }),
    /** `source`: the connection's id. `kind`: unauthenticated, forbidden, rate-limited, unavailable, invalid. */
    sourceFailures: new Counter({
      name: 'deskside_source_failures_total',
      help: 'Failed requests to sources',
      labelNames: ['source', 'kind'],
      registers,
    }),
    /**
     * `route`: its pattern. `code`: the contract's; many `rate_limited` may mean that a panel enumerates phone numbers.
     */
    refused: new Counter({
      name: 'deskside_refused_requests_total',
      help: 'Requests that were answered with an error',
      labelNames: ['route', 'code'],
      registers,
    }),
    /** `action`: as in server/audit. A steep rise of search, view or reveal may mean that somebody copies customers. */
    auditEntries: new Counter({
      name: 'deskside_audit_entries_total',
      help: 'Entries of the audit trail',
      labelNames: ['action'],
      registers,
    }),
    /** `action`: search, link, verify, reveal. Any may mean that somebody copies customers. */
    actsRefused: new Counter({
      name: 'deskside_acts_refused_total',
      help: 'Acts refused because the hourly or daily budget of the agent was spent',
      labelNames: ['action'],
      registers,
    }),
    auditBroken: new Gauge({
      name: 'deskside_audit_broken',
      help: '1 if the last verification of the audit trail found it broken',
      registers,
    }),
    auditVerifiedAt: new Gauge({
      name: 'deskside_audit_verified_timestamp_seconds',
      help: 'When the audit trail was last verified; 0 before the first time',
      registers,
    }),
    droppedConnections: new Counter({
      name: 'deskside_dropped_connections_total',
      help: 'Connections closed at once because too many were open',
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
    /** `reason`: signed-out, replaced, draining, slow, gone, failed. */
    liveClosed: new Counter({
      name: 'deskside_live_closed_total',
      help: 'Streams that ended',
      labelNames: ['reason'],
      registers,
    }),
    clockOffset: new Gauge({
      name: 'deskside_clock_offset_seconds',
      help: 'This server’s clock minus Zoom’s, at the last answer of Zoom',
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
      help: 'Time without a connected WebSocket',
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
      help: 'Missed engagement events that reconciliation applied',
      labelNames: ['kind'],
      registers,
    }),
  };
}
