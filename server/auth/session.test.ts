import { describe, expect, it } from 'vitest';
import { sealAppContext } from './fake-app-context.ts';
import { createRefusedSignIns } from './refused-sign-ins.ts';
import { createSessionService, type KnownAgents, type RecordSession } from './session.ts';
import type { SessionStore } from './session-store.ts';

const zoom = { clientId: 'client-1', clientSecret: 'a secret of the app', account: 'main' };
const start = 1_790_000_000_000;

/** Zoom's events named nobody, and its list of users cannot be read. */
const unknownAgents: KnownAgents = { read: async () => undefined, isListed: async () => undefined };

function createService({
  recordAudit = async () => {},
  agents = unknownAgents,
}: {
  recordAudit?: RecordSession;
  agents?: KnownAgents;
} = {}) {
  let now = start;
  let sessionCount = 0;
  const store = {
    claimContext: async ({ address }: { address: string }) => address,
    end: async () => {},
    endAll: async (_transaction: unknown, { uid }: { uid: string }) => (uid === 'agent-1' ? 2 : 0),
    async add(_session: unknown, check: (transaction: never) => Promise<void>) {
      await check({} as never);
      sessionCount += 1;
    },
  } as unknown as SessionStore;
  const refused = createRefusedSignIns({ account: zoom.account, recordAudit });
  const sessions = createSessionService({
    store,
    clock: () => now,
    zoom,
    recordAudit,
    recordAuditIn: (_, entry) => recordAudit(entry),
    countRefused: refused.count,
    agents,
  });
  const signIn = (context: string, address = '10.0.0.1') =>
    sessions.signIn({ context, address }).then(
      () => 'signed-in',
      (error: { code: string }) => error.code,
    );
  return {
    signIn,
    countSessions: () => sessionCount,
    sessions,
    flushRefused: refused.flush,
    signInAgent: (uid: string, address?: string) => signIn(sealContext(uid, now), address),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

function sealContext(uid: string, now: number): string {
  const claims = { uid, aud: zoom.clientId, iss: 'marketplace.zoom.us', exp: now + 120_000 };
  return sealAppContext(claims, zoom.clientSecret, { tagLength: 16 }).toString('base64');
}

const countOf = (answers: string[], answer: string) => answers.filter((each) => each === answer).length;

describe('sign-in limit', () => {
  it('two thousand agents behind one address within a minute › all sign in', async () => {
    const { signInAgent } = createService();
    const answers = await Promise.all(Array.from({ length: 2_000 }, (_, index) => signInAgent(`agent-${index}`)));
    expect(countOf(answers, 'signed-in')).toBe(2_000);
  });

  it('wrong contexts from one address › are limited there and keep no genuine one out', async () => {
    const { signIn, signInAgent, wait } = createService();
    const answers: string[] = [];
    for (let count = 0; count < 70; count += 1) answers.push(await signIn('bm90IGEgY29udGV4dA=='));
    expect([countOf(answers, 'app_context_refused'), countOf(answers, 'rate_limited')]).toEqual([60, 10]);
    expect(await signIn('bm90IGEgY29udGV4dA==', '10.0.0.2')).toBe('app_context_refused');
    expect(await signInAgent('agent-1')).toBe('signed-in');
    wait(1_000);
    expect(await signIn('bm90IGEgY29udGV4dA==')).toBe('app_context_refused');
  });

  it('one agent again and again › is limited from any address, others are not', async () => {
    const { signInAgent } = createService();
    const answers: string[] = [];
    for (let count = 0; count < 70; count += 1) answers.push(await signInAgent('agent-1', `10.0.1.${count}`));
    expect([countOf(answers, 'signed-in'), countOf(answers, 'rate_limited')]).toEqual([60, 10]);
    expect(await signInAgent('agent-2')).toBe('signed-in');
  });
});

describe('sign-in of a user', () => {
  const knowing = (known: { isDeleted: boolean } | undefined, isListed?: boolean): { agents: KnownAgents } => ({
    agents: { read: async () => known, isListed: async () => isListed },
  });

  it.each<[string, string, { isDeleted: boolean } | undefined, boolean | undefined]>([
    ['an event named them', 'signed-in', { isDeleted: false }, undefined],
    ['an event named them, the list does not yet', 'signed-in', { isDeleted: false }, false],
    ['Zoom deleted them', 'app_context_refused', { isDeleted: true }, undefined],
    ['Zoom deleted them, its list still holds them', 'app_context_refused', { isDeleted: true }, true],
    ['only the list holds them', 'signed-in', undefined, true],
    ['neither an event nor the complete list names them', 'app_context_refused', undefined, false],
    ['the list cannot be read', 'signed-in', undefined, undefined],
  ])('%s › %s', async (_, answer, known, isListed) => {
    const { signInAgent, countSessions } = createService(knowing(known, isListed));
    expect([await signInAgent('agent-1'), countSessions()]).toEqual([answer, answer === 'signed-in' ? 1 : 0]);
  });

  it('Zoom deletes the user meanwhile › no session is left', async () => {
    let isDeleted = false;
    const { signInAgent, countSessions } = createService({
      agents: { read: async () => ({ isDeleted }), isListed: async () => undefined },
      recordAudit: async () => {
        isDeleted = true;
      },
    });
    expect([await signInAgent('agent-1'), countSessions()]).toEqual(['app_context_refused', 0]);
  });
});

describe('sign-in on the audit trail', () => {
  it('an agent signs in › is recorded, a refused context is not', async () => {
    const entries: unknown[] = [];
    const { signIn, signInAgent } = createService({ recordAudit: async (entry) => void entries.push(entry) });
    await signIn('bm90IGEgY29udGV4dA==');
    await signInAgent('agent-1');
    expect(entries).toEqual([{ agent: { account: 'main', uid: 'agent-1' }, action: 'session.sign-in' }]);
  });

  it('the trail is down › nobody signs in', async () => {
    const { signInAgent } = createService({ recordAudit: () => Promise.reject(new Error('The trail is down')) });
    expect(await signInAgent('agent-1')).not.toBe('signed-in');
  });
});

describe('session cache', () => {
  function createCachedService() {
    let now = start;
    let isLive = true;
    let reads = 0;
    const session = { account: 'main', uid: 'agent-1', expiresAt: start + 60_000 };
    let beforeAnswer = () => {};
    const store = {
      async findLive() {
        reads += 1;
        const found = isLive ? session : undefined;
        await Promise.resolve();
        beforeAnswer();
        return found;
      },
    } as unknown as SessionStore;
    const sessions = createSessionService({
      store,
      clock: () => now,
      zoom,
      recordAudit: async () => {},
      recordAuditIn: async () => {},
      countRefused: () => {},
      agents: unknownAgents,
    });
    return {
      sessions,
      authenticate: async () => (await sessions.authenticate('a bearer')) !== undefined,
      countReads: () => reads,
      wait(ms: number) {
        now += ms;
      },
      revoke() {
        isLive = false;
        sessions.dropCached(session);
      },
      /** Revoked by another process. */
      revokeElsewhere() {
        isLive = false;
      },
      onRead(work: () => void) {
        beforeAnswer = work;
      },
    };
  }

  it('calls within a second › read the database once', async () => {
    const { authenticate, wait, countReads } = createCachedService();
    expect(await authenticate()).toBe(true);
    wait(999);
    expect([await authenticate(), countReads()]).toEqual([true, 1]);
    wait(1);
    expect([await authenticate(), countReads()]).toEqual([true, 2]);
  });

  it('a revocation in this process › is seen at once', async () => {
    const { authenticate, revoke } = createCachedService();
    await authenticate();
    revoke();
    expect(await authenticate()).toBe(false);
  });

  it('a revocation in another process › is seen within a second', async () => {
    const { authenticate, wait, revokeElsewhere } = createCachedService();
    await authenticate();
    revokeElsewhere();
    wait(1_000);
    expect(await authenticate()).toBe(false);
  });

  it('a revocation while the session is read › leaves nothing in the cache', async () => {
    const { authenticate, onRead, revoke } = createCachedService();
    onRead(revoke);
    await authenticate();
    expect(await authenticate()).toBe(false);
  });

  it('the end of the session › is seen at once', async () => {
    const { authenticate, wait, revokeElsewhere } = createCachedService();
    wait(59_500);
    await authenticate();
    revokeElsewhere();
    wait(500);
    expect(await authenticate()).toBe(false);
  });
});

describe('audit trail of sessions', () => {
  const agent = { account: 'main', uid: 'agent-1' };
  function createAudited() {
    const entries: unknown[] = [];
    const service = createService({ recordAudit: async (entry) => void entries.push(entry) });
    return { ...service, entries };
  }

  it('agent signs out › is recorded', async () => {
    const { sessions, entries } = createAudited();
    await sessions.signOut({ ...agent, role: 'agent', sessionId: 'S-1', expiresAt: start });
    expect(entries).toEqual([{ agent, action: 'session.sign-out' }]);
  });

  it('Zoom deletes a user › the ended sessions are recorded, and nothing where there was none', async () => {
    const { sessions, entries } = createAudited();
    const deleted = (uid: string) => ({ kind: 'agent.changed' as const, account: 'main', uid, isDeleted: true });
    await sessions.revokeDeletedAgents({} as never, [deleted('agent-1'), deleted('agent-2')]);
    const details = { reason: 'user-deleted', sessions: 2 };
    expect(entries).toEqual([{ agent, action: 'session.sign-out', details }]);
  });

  it('a thousand refused sign-ins within a minute › are one entry for each reason, with their number', async () => {
    const { signIn, flushRefused, entries } = createAudited();
    for (let count = 0; count < 1_000; count += 1) await signIn('no context', `10.0.${count % 200}.1`);
    expect(entries).toEqual([]);
    await flushRefused();
    await flushRefused();
    expect(entries).toEqual([
      {
        agent: { account: 'main', uid: 'unknown' },
        action: 'session.refused',
        details: { reason: expect.any(String), count: 1_000 },
      },
    ]);
  });
});
