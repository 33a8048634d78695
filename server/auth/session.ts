import { createHash, randomBytes } from 'node:crypto';
import type { Agent, SessionAnswer } from '#contract/session.ts';
import type { DomainEvent } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { SessionPrincipal } from '../platform/http/route.ts';
import type { Db } from '../platform/storage/schema.ts';
import { createTokenBuckets, type Rate } from '../platform/timing/token-bucket.ts';
import type { SessionStore } from './session-store.ts';
import { openAppContext } from './zoom-context.ts';

/** One hour. The panel renews it silently with a fresh app context. */
const sessionLifeMs = 60 * 60 * 1000;

/**
 * Sign-ins are limited where they are refused, by address, and where they succeed, by agent: behind a proxy a whole
 * floor of agents has one address, and neither its size nor somebody's wrong contexts may keep a genuine one out. A
 * context costs one decryption before it is known to be genuine; only then is the database written.
 */
const refusedRate: Rate = { perSecond: 1, burst: 60 };
const openedRate: Rate = { perSecond: 1, burst: 60 };

/**
 * A live session is cached for so long, ms: the database is not read at every call of a busy panel. A session that
 * another process revokes lives so much longer here; this process drops what it revokes at once.
 */
const cacheMs = 1_000;
const maxCached = 10_000;

type SessionEntry = {
  agent: Agent;
  action: 'session.sign-in' | 'session.sign-out' | 'session.refused';
  details?: Record<string, string | number>;
};

/** Resolves once the entry is on the audit trail. */
export type RecordSession = (entry: SessionEntry) => Promise<void>;

/** The agents of the account, as far as they are known. */
export type KnownAgents = {
  /** Undefined where no event of Zoom's named the agent. In a transaction, a deletion waits until it ends. */
  read(agent: Agent, transaction?: Db): Promise<{ isDeleted: boolean } | undefined>;
  /** Whether Zoom's list of users holds the agent; undefined where the list could not be read to its end. */
  isListed(agent: Agent): Promise<boolean | undefined>;
};

export type SessionService = ReturnType<typeof createSessionService>;

/**
 * App context → opaque 256-bit bearer. There is no cookie, so the browser sends nothing by itself and CSRF is
 * impossible; a bearer also works in Zoom's desktop client and in a third-party iframe.
 *
 * A context may be used again within its life (about two minutes), because a reload may be handed the same one, but
 * only from the address that used it first: a stolen one is of no use elsewhere.
 *
 * A context shows that Zoom knows the user, not that the user is an agent here. Refused are users whom Zoom deleted and
 * did not create since, and users whom neither an event nor Zoom's complete list of users names. Where that list cannot
 * be read, an unknown user is allowed: an agent without events so far must not be locked out.
 */
export function createSessionService(parts: {
  store: SessionStore;
  clock: Clock;
  zoom: { clientId: string; clientSecret: string; account: string };
  recordAudit: RecordSession;
  /** In the caller's transaction. */
  recordAuditIn(transaction: Db, entry: SessionEntry): Promise<void>;
  countRefused(reason: string): void;
  agents: KnownAgents;
}) {
  const { store, clock, zoom, recordAudit, recordAuditIn, countRefused, agents } = parts;
  const refusedByAddress = createTokenBuckets(refusedRate);
  const openedByAgent = createTokenBuckets(openedRate);
  const cache = new Map<string, { principal: SessionPrincipal<'agent'>; until: number }>();
  let revocations = 0;

  function refuse(address: string, reason: string): AppError {
    countRefused(reason);
    return refusedByAddress.tryTake(address, clock()) ? refusal(reason) : tooOften();
  }

  async function findRefusal(agent: Agent): Promise<string | undefined> {
    const known = await agents.read(agent);
    if (known) return known.isDeleted ? 'agent-deleted' : undefined;
    return (await agents.isListed(agent)) === false ? 'agent-unknown' : undefined;
  }

  function refuseAgent(address: string, reason: string): AppError {
    countRefused(reason);
    return refusedByAddress.tryTake(address, clock()) ? noAgent(reason) : tooOften();
  }

  return {
    async signIn({ context, address }: { context: string; address: string }): Promise<SessionAnswer> {
      const now = clock();
      const opened = openAppContext(context, { clientId: zoom.clientId, clientSecret: zoom.clientSecret, now });
      if (opened.kind === 'refused') throw refuse(address, opened.reason);
      if (!openedByAgent.tryTake(opened.uid, now)) {
        countRefused('too-often');
        throw tooOften();
      }

      // The digest is of the decoded bytes: base64 spells the same context in more than one way.
      const digest = createHash('sha256').update(Buffer.from(context, 'base64')).digest('base64url');
      const firstAddress = await store.claimContext({ digest, address, expiresAt: opened.expiresAt });
      if (firstAddress !== address) throw refuse(address, 'replayed-from-another-address');

      const agent = { account: zoom.account, uid: opened.uid };
      const refusedFor = await findRefusal(agent);
      if (refusedFor) throw refuseAgent(address, refusedFor);

      await recordAudit({ agent, action: 'session.sign-in' });
      const token = randomBytes(32).toString('base64url');
      const expiresAt = now + sessionLifeMs;
      await store.add(
        { tokenHash: hashToken(token), account: agent.account, uid: agent.uid, createdAt: now, expiresAt },
        async (transaction) => {
          // Zoom may delete the user meanwhile, which ends only the sessions that are stored by then.
          if ((await agents.read(agent, transaction))?.isDeleted) throw refuseAgent(address, 'agent-deleted');
        },
      );
      return { token, expiresAt };
    },

    async authenticate(bearer: string): Promise<SessionPrincipal<'agent'> | undefined> {
      const sessionId = hashToken(bearer);
      const now = clock();
      const cached = cache.get(sessionId);
      if (cached && now < cached.until) return cached.principal;

      const revocationsBefore = revocations;
      const session = await store.findLive(sessionId, now);
      cache.delete(sessionId);
      if (!session) return undefined;
      const principal = { ...session, role: 'agent' as const, sessionId };
      // A session that was read while it was revoked is not cached.
      if (revocationsBefore === revocations) {
        if (cache.size >= maxCached) cache.clear();
        cache.set(sessionId, { principal, until: Math.min(now + cacheMs, session.expiresAt) });
      }
      return principal;
    },

    /** Another process accepts the bearer for at most a second longer. */
    async signOut({ account, uid, sessionId }: SessionPrincipal): Promise<void> {
      await store.end(sessionId);
      revocations += 1;
      cache.delete(sessionId);
      // Afterwards: a session ends also while the trail is down.
      await recordAudit({ agent: { account, uid }, action: 'session.sign-out' });
    },

    /** The agent's sessions were revoked: the next call reads them from the database. */
    dropCached({ account, uid }: Agent): void {
      revocations += 1;
      for (const [sessionId, { principal }] of cache) {
        if (principal.account === account && principal.uid === uid) cache.delete(sessionId);
      }
    },

    /** Those of the sessions that are live. */
    filterLiveSessions: (sessionIds: string[]): Promise<Set<string>> => store.filterLive(sessionIds, clock()),

    /** Transaction hook: ends the sessions of agents whose Zoom user was deleted. */
    async revokeDeletedAgents(transaction: Db, events: DomainEvent[]): Promise<DomainEvent[]> {
      const revoked: DomainEvent[] = [];
      for (const event of events) {
        if (event.kind !== 'agent.changed' || !event.isDeleted) continue;
        const { account, uid } = event;
        const sessions = await store.endAll(transaction, { account, uid });
        const details = { reason: 'user-deleted', sessions };
        if (sessions > 0) {
          await recordAuditIn(transaction, { agent: { account, uid }, action: 'session.sign-out', details });
        }
        revoked.push({ kind: 'session.revoked', account: event.account, uid: event.uid });
      }
      return revoked;
    },
  };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function refusal(reason: string): AppError {
  return new AppError('app_context_refused', 'Zoom’s sign-in was not accepted. Close the panel and open it again.', {
    reason,
  });
}

function noAgent(reason: string): AppError {
  const message = 'Zoom does not list you as a Contact Center user. Ask your Zoom admin to add you, then try again.';
  return new AppError('app_context_refused', message, { reason });
}

function tooOften(): AppError {
  return new AppError('rate_limited', 'That was too often. Wait a minute and try again.');
}
