import { describe, expect, it, onTestFinished } from 'vitest';
import type { Route } from '../platform/http/route.ts';
import { databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createBookmarks } from './bookmarks.ts';

describe.each(databasesUnderTest)('bookmark ($name)', ({ open }) => {
  it('set, then due › is in the view until the job deletes it', async () => {
    const database = await open();
    onTestFinished(() => database.close());
    let now = 1_790_000_000_000;
    const { routes, jobs, viewGroups } = createBookmarks({
      database,
      clock: () => now,
      config: { zoom: { account: 'main' } },
    });
    const agent = { account: 'main', uid: 'agent-1' };
    const read = () => viewGroups?.bookmark?.({ agent, engagementId: 'E-1' } as never);
    expect(await read()).toEqual({ expiresAt: null });
    const [set] = routes as [Extract<Route, { kind: 'json' }>];
    await set.handle({ principal: { role: 'agent', ...agent }, params: { engagementId: 'E-1' } } as never);
    expect(await read()).toEqual({ expiresAt: now + 86_400_000 });
    now += 86_400_000;
    expect(await jobs?.[0]?.handle({} as never, AbortSignal.timeout(1_000))).toEqual({
      kind: 'done',
      outcome: 'expired',
    });
    expect(await read()).toEqual({ expiresAt: null });
  });
});
