import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent } from '#contract/live.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { type LiveServer, openLiveServer, versionOf } from './live-server-for-tests.ts';

const agent = { account: 'main', uid: 'agent-1' };
const colleague = { account: 'main', uid: 'agent-2' };

describe.each(databasesUnderTest)('live stream on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let server: LiveServer;
  beforeEach(async () => {
    database = await open();
    server = await openLiveServer(database);
  });
  afterEach(async () => {
    await server.close();
    await database.close();
  });

  const change = async (engagementId: string, agents = [agent.uid], account = agent.account) => {
    const version = await server.commit(account, engagementId, agents);
    server.hub.notify(account);
    return version;
  };

  it('opens › sends all open engagements, then each change', async () => {
    await change('E-1');
    const stream = await server.openStream(agent);
    const reset = await stream.next(({ type }) => type === 'reset');
    expect(reset).toMatchObject({ type: 'reset', id: 1, data: { views: [{ engagementId: 'E-1' }] } });
    await change('E-2');
    const changed = await stream.next(({ type }) => type === 'engagement');
    expect(changed).toMatchObject({ id: 2, data: { engagementId: 'E-2', engagement: { facts: { startTime: 1 } } } });
    expect(stream.events).toHaveLength(2);
  });

  it('opens › is an event stream that proxies neither cache nor compress nor buffer', async () => {
    const { headers, status } = await server.openStream(agent);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('content-encoding')).toBeNull();
  });

  it('a change was committed without a notification › sends it', async () => {
    const stream = await server.openStream(agent);
    await stream.next(({ type }) => type === 'reset');
    await server.commit('main', 'E-1', [agent.uid]);
    await stream.next((event) => versionOf(event, 'E-1') === 1);
  });

  it('an agent has three streams › a view is composed once', async () => {
    const streams = await Promise.all([1, 2, 3].map(() => server.openStream(agent)));
    await Promise.all(streams.map((stream) => stream.next(({ type }) => type === 'reset')));
    await change('E-1');
    await Promise.all(streams.map((stream) => stream.next((event) => versionOf(event, 'E-1') === 1)));
    expect(server.composed()).toBe(1);
  });

  it('other agents and accounts change › receives nothing of them', async () => {
    const other = { account: 'other', uid: agent.uid };
    await change('E-other', [other.uid], other.account);
    const [mine, theirs, others] = await Promise.all([agent, colleague, other].map((who) => server.openStream(who)));
    if (!mine || !theirs || !others) throw new Error('not opened');
    await change('E-1', [agent.uid]);
    await change('E-2', [colleague.uid]);
    await change('E-other', [other.uid], other.account);
    await Promise.all([
      mine.next((event) => versionOf(event, 'E-1') === 1),
      theirs.next((event) => versionOf(event, 'E-2') === 1),
      others.next((event) => versionOf(event, 'E-other') === 2),
    ]);
    await wait(100);
    const seenBy = (stream: typeof mine) => JSON.stringify(stream.events).match(/E-\w+/g);
    expect(new Set(seenBy(mine))).toEqual(new Set(['E-1']));
    expect(new Set(seenBy(theirs))).toEqual(new Set(['E-2']));
    expect(new Set(seenBy(others))).toEqual(new Set(['E-other']));
  });

  describe('resumes', () => {
    it('engagements changed since › receives the newest of each, in order, and no more', async () => {
      await change('E-1');
      await change('E-2');
      await change('E-3', [colleague.uid]);
      await change('E-1');
      const stream = await server.openStream(agent, '1');
      await stream.next((event) => versionOf(event, 'E-1') === 2);
      expect(stream.events.map((event) => [event.type, 'id' in event && event.id])).toEqual([
        ['engagement', 2],
        ['engagement', 4],
      ]);
      expect(server.composed()).toBe(2);
    });

    it('nothing changed since › receives nothing until the next change', async () => {
      await change('E-1');
      const stream = await server.openStream(agent, '1');
      await wait(150);
      expect(stream.events).toEqual([]);
      await change('E-1');
      await stream.next((event) => versionOf(event, 'E-1') === 2);
    });

    it.each([
      ['-1'],
      ['1e99'],
      ['1e0'],
      ['0x1'],
      ['01'],
      ['1.0'],
      ['999'],
      ['9007199254740993'],
      ['9'.repeat(50)],
      ['NaN'],
      ['1, 1'],
      ["1' or '1'='1"],
      [''],
    ])('the last id is %s › receives everything', async (lastEventId) => {
      await change('E-1');
      const stream = await server.openStream(agent, lastEventId);
      expect(await stream.next(() => true)).toMatchObject({
        type: 'reset',
        id: 1,
        data: { views: [{ engagementId: 'E-1' }] },
      });
    });

    it('the last id is of another account › receives everything of its own account', async () => {
      for (let count = 0; count < 3; count++) await change('E-other', ['agent-1'], 'other');
      await change('E-1');
      const stream = await server.openStream(agent, '3');
      expect(await stream.next(() => true)).toMatchObject({ type: 'reset', id: 1 });
    });

    it('the changes since are deleted › receives everything', async () => {
      await change('E-1');
      await change('E-1');
      await change('E-2', [colleague.uid]);
      await server.store.deleteBefore(Date.now() + 1, 1_000);
      const stream = await server.openStream(agent, '1');
      expect(await stream.next(() => true)).toMatchObject({ type: 'reset', id: 3 });
      const resumed = await server.openStream(agent, '3');
      await wait(100);
      expect(resumed.events).toEqual([]);
    });

    it('the last id is newer than this process has read › misses nothing and receives nothing twice', async () => {
      const elsewhere = await server.openStream(colleague);
      await elsewhere.next(({ type }) => type === 'reset');
      await server.commit('main', 'E-1', [agent.uid]);
      const stream = await server.openStream(agent, '1');
      await wait(150);
      expect(stream.events).toEqual([]);
    });
  });

  it('reconnects while others commit › misses nothing', async () => {
    const ids = ['E-1', 'E-2', 'E-3'];
    const stayers = Array.from({ length: 12 }, (_, index) => ({ account: 'main', uid: `stayer-${index}` }));
    let isWriting = true;
    const newest = new Map<string, number>();
    const write = async (seed: number) => {
      for (let round = 0; round < 40; round++) {
        const engagementId = ids[(round * seed) % ids.length] ?? 'E-1';
        const version = await change(engagementId, [agent.uid, colleague.uid, ...stayers.map(({ uid }) => uid)]);
        newest.set(engagementId, Math.max(version, newest.get(engagementId) ?? 0));
        await wait(Math.random() * 8);
      }
    };
    const written = Promise.all([write(1), write(2)]);
    const see = (event: LiveEvent, seen: Map<string, number>) => {
      for (const id of ids) {
        const version = versionOf(event, id);
        if (version === undefined) continue;
        expect(version).toBeGreaterThanOrEqual(seen.get(id) ?? 0);
        seen.set(id, version);
      }
    };
    const readOnAndOff = async (who: typeof agent, isResuming: boolean) => {
      const seen = new Map<string, number>();
      let lastEventId: string | undefined;
      let looks = 0;
      for (let isLast = false; !isLast; ) {
        isLast = !isWriting;
        const stream = await server.openStream(who, lastEventId);
        expect(stream.status).toBe(200);
        // Nothing more is committed during the last look, so what was missed before it would be missing for good.
        if (isLast) await stream.next(() => hasAll(new Map(seen), stream.events)).catch(() => {});
        // More often than the route allows in a minute would be refused.
        else await (++looks < 50 ? wait(Math.random() * 40) : written);
        stream.close();
        await stream.closed;
        for (const event of stream.events) see(event, seen);
        if (isResuming) lastEventId = stream.lastEventId() ?? lastEventId;
      }
      expect(seen).toEqual(newest);
    };
    const hasAll = (seen: Map<string, number>, events: LiveEvent[]) => {
      for (const event of events) see(event, seen);
      return [...newest].every(([id, version]) => seen.get(id) === version);
    };
    const comeAndStay = async (who: typeof agent) => {
      await wait(Math.random() * 300);
      const stream = await server.openStream(who);
      await written;
      await stream.next(() => hasAll(new Map(), stream.events));
    };
    const reading = Promise.all([
      readOnAndOff(agent, true),
      readOnAndOff(colleague, false),
      ...stayers.map(comeAndStay),
    ]);
    await written;
    isWriting = false;
    await reading;
  });

  it.each([0, 1])('unsent changes are deleted, %i left › receives everything again', async (left) => {
    const stream = await server.openStream(agent);
    await stream.next(({ type }) => type === 'reset');
    await server.hub.stop();
    await server.commit('main', 'E-1', [agent.uid]);
    await server.store.deleteBefore(Date.now() + 1, 1_000);
    for (let count = 0; count < left; count++) await server.commit('main', 'E-2', [colleague.uid]);
    server.hub.start();
    expect(await stream.next((event) => event.type === 'reset' && event.id === 1 + left)).toMatchObject({
      data: { views: [{ engagementId: 'E-1' }] },
    });
  });

  it('the database is restored from a backup › receives everything again', async () => {
    for (let count = 0; count < 3; count++) await change('E-1');
    const stream = await server.openStream(agent);
    await stream.next((event) => event.type === 'reset' && event.id === 3);
    await database.db.deleteFrom('live_events').execute();
    await database.db.updateTable('live_cursors').set({ last_id: 1 }).execute();
    await stream.next((event) => event.type === 'reset' && event.id === 1);
  });
});

describe('live stream', () => {
  it('a view cannot be composed › is sent as soon as it can', async () => {
    const [sqlite] = databasesUnderTest;
    if (!sqlite) throw new Error('no database');
    const database = await sqlite.open();
    let isDown = false;
    const onCompose = vi.fn(() => {
      if (isDown) throw new Error('down');
    });
    const server = await openLiveServer(database, { onCompose });
    const stream = await server.openStream(agent);
    await stream.next(({ type }) => type === 'reset');
    isDown = true;
    await server.commit('main', 'E-1', [agent.uid]);
    server.hub.notify('main');
    await vi.waitFor(() => expect(onCompose.mock.calls.length).toBeGreaterThan(2), 60_000);
    expect(stream.events).toHaveLength(1);
    isDown = false;
    await stream.next((event) => versionOf(event, 'E-1') === 1);
    await server.close();
    await database.close();
  });
});
