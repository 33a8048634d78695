// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EngagementFeed, type ObservedEngagement, openEngagements } from '../engagements/engagement-feed.ts';
import { createFakeHost, type FakeHost } from './fake-host.ts';

let zoom: FakeHost;
let feed: EngagementFeed;
let observed: ObservedEngagement[];

beforeEach(() => {
  vi.useFakeTimers();
  zoom = createFakeHost('webview2');
  observed = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.resetModules();
  delete window.chrome;
  delete window.zoomSdk;
});

async function start() {
  const { createZoomHost } = await import('./sdk.ts');
  const { createSdkFeed } = await import('./sdk-feed.ts');
  feed = createSdkFeed(createZoomHost({ frame: 'top' }));
  feed.onObserved((engagement) => observed.push(engagement));
  feed.start();
  feed.start();
  await settle();
}

const settle = () => vi.advanceTimersByTimeAsync(1);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const of = (engagementId: string) => feed.getState().engagements.get(engagementId);

const ann = { consumers: [{ consumerNumber: '+14155550101' }], channel: 'voice', source: '' };
const bob = { consumers: [{ consumerNumber: '+14155550102' }], channel: 'messaging', source: 'messaging_sms' };
const caseNumber = { id: 'v1', name: 'global_custom.Custom.case', value: 'CS-1042' };

describe('focused engagement', () => {
  it('in front at the start › is read and observed once with status and variables', async () => {
    zoom.has('e1', { context: { queueName: 'Billing' }, status: ann, variables: [caseNumber] });
    zoom.opensWith('e1');
    await start();
    expect(feed.getState()).toMatchObject({ focusedId: 'e1', problem: null, host: { kind: 'ready' } });
    expect(of('e1')).toMatchObject({
      status: 'loaded',
      facts: {
        queueName: 'Billing',
        state: 'active',
        consumers: [{ number: '+14155550101' }],
        variables: [caseNumber],
      },
    });
    await pass(1_000);
    expect(observed).toHaveLength(1);
    expect(observed[0]).toBe(of('e1'));
  });

  it('no engagement in front › no focus', async () => {
    await start();
    expect(feed.getState()).toMatchObject({ focusedId: null, problem: null });
    expect(observed).toEqual([]);
  });

  it('late variables › observed after 80 ms, and again when they arrive', async () => {
    zoom.has('e1', { status: ann, variables: [caseNumber] });
    await start();
    zoom.hold('getEngagementVariableValue');
    zoom.switchTo('e1');
    await pass(79);
    expect(observed).toHaveLength(0);
    await pass(1);
    expect(observed.map(({ facts }) => facts.variables)).toEqual([undefined]);
    zoom.release('getEngagementVariableValue');
    await settle();
    expect(observed.map(({ facts }) => facts.variables)).toEqual([undefined, [caseNumber]]);
  });

  it('back in front › observed inside the handler', async () => {
    zoom.has('e1', { status: ann });
    zoom.has('e2', { status: bob });
    await start();
    zoom.switchTo('e1');
    await settle();
    zoom.switchTo('e2');
    await settle();
    zoom.switchTo('e1');
    expect(observed.map(({ engagementId }) => engagementId)).toEqual(['e1', 'e2', 'e1']);
    await pass(1_000);
    expect(observed).toHaveLength(3);
  });

  it('a late observer › receives the current engagement', async () => {
    zoom.has('e1', { status: ann });
    zoom.opensWith('e1');
    await start();
    const late: string[] = [];
    feed.onObserved(({ engagementId }) => late.push(engagementId))();
    expect(late).toEqual(['e1']);
  });

  it('an event during a read › the event wins', async () => {
    zoom.has('e1', { context: { queueName: 'Billing' }, status: ann });
    zoom.has('e2', { status: bob });
    zoom.opensWith('e1');
    zoom.answer('getEngagementContext', () => ({
      result: { engagementContext: { engagementId: 'e1', queueName: 'Billing' } },
    }));
    zoom.hold('getEngagementContext');
    await start();
    zoom.switchTo('e2');
    zoom.release('getEngagementContext');
    await settle();
    expect(feed.getState().focusedId).toBe('e2');
    expect(of('e1')?.facts).toEqual({ queueName: 'Billing' });
    expect(observed.map(({ engagementId }) => engagementId)).toEqual(['e2']);
  });

  it('ten quick switches › only the last is observed', async () => {
    for (let index = 0; index < 10; index += 1) zoom.has(`e${index}`, { status: index % 2 ? ann : bob });
    await start();
    zoom.hold('getEngagementStatus');
    for (let index = 0; index < 10; index += 1) zoom.switchTo(`e${index}`);
    zoom.release('getEngagementStatus');
    await pass(1_000);
    expect(feed.getState().focusedId).toBe('e9');
    expect(observed.map(({ engagementId }) => engagementId)).toEqual(['e9']);
    expect(of('e9')?.facts.consumers).toEqual([{ number: '+14155550101' }]);
    expect(of('e8')?.facts.consumers).toEqual([{ number: '+14155550102' }]);
  });

  it('two quick switches arrive in the wrong order › the one that Zoom has in front is observed', async () => {
    zoom.has('e1', { status: ann });
    zoom.has('e2', { status: bob });
    zoom.opensWith('e1');
    await start();
    zoom.switchTo('e1');
    zoom.switchTo('e2');
    zoom.opensWith('e1');
    await pass(1_000);
    expect(feed.getState().focusedId).toBe('e1');
    expect(observed.at(-1)?.engagementId).toBe('e1');
  });

  it('a switch while the order of others is looked up › wins', async () => {
    for (const id of ['e1', 'e2', 'e3']) zoom.has(id, { status: ann });
    await start();
    zoom.switchTo('e1');
    zoom.switchTo('e2');
    zoom.hold('getEngagementContext');
    await pass(400);
    zoom.opensWith('e1');
    zoom.switchTo('e3');
    zoom.release('getEngagementContext');
    await settle();
    expect(feed.getState().focusedId).toBe('e3');
  });

  it('repeated events › change nothing', async () => {
    zoom.has('e1', { status: ann });
    await start();
    zoom.switchTo('e1', 1_760_000_000);
    zoom.changeStatus('e1', { state: 'wrap-up' }, 1_760_000_020);
    await pass(1_000);
    const before = feed.getState();
    const asked = zoom.requests.length;
    for (let again = 0; again < 3; again += 1) {
      zoom.switchTo('e1', 1_760_000_000);
      zoom.emit('onEngagementStatusChange', {
        engagementStatus: { engagementId: 'e1', state: 'active' },
        timestamp: 1_760_000_001,
      });
    }
    await pass(1_000);
    expect(of('e1')).toBe(before.engagements.get('e1'));
    expect(observed).toHaveLength(1);
    expect(zoom.requests).toHaveLength(asked);
  });
});

describe('differences', () => {
  beforeEach(async () => {
    zoom.has('e1', { status: ann });
    zoom.has('e2', { status: bob });
    await start();
    zoom.switchTo('e1');
    await settle();
    zoom.switchTo('e2');
    await settle();
  });

  it('of another engagement › change only that one', () => {
    const front = of('e2');
    zoom.changeStatus('e1', { state: 'wrap-up' });
    expect(of('e2')).toBe(front);
    expect(of('e1')?.facts).toMatchObject({
      state: 'wrap-up',
      channel: 'voice',
      consumers: [{ number: '+14155550101' }],
    });
    expect(observed).toHaveLength(2);
  });

  it('of facts that decide the match › are observed at once', () => {
    zoom.changeStatus('e2', { state: 'inactive', assignedAgentName: 'Mina' });
    expect(observed).toHaveLength(2);
    zoom.changeStatus('e2', { consumers: [{ consumerEmail: 'bob@example.example' }] });
    expect(observed).toHaveLength(3);
    expect(observed.at(-1)?.facts.consumers).toEqual([{ email: 'bob@example.example' }]);
  });

  it('of a channel without a source › the whole status is read', async () => {
    zoom.has('e2', { status: { ...bob, channel: 'voice', source: '' } });
    zoom.emit('onEngagementStatusChange', { engagementStatus: { engagementId: 'e2', channel: 'voice' } });
    await settle();
    expect(of('e2')?.facts).toMatchObject({ channel: 'voice', source: '' });
  });

  it('of variables › those of the focused engagement are read', async () => {
    zoom.has('e2', { variables: [caseNumber] });
    zoom.emit('onEngagementVariableValueChange', { variables: [{ id: 'x', name: 'x', value: 'of somebody else' }] });
    await settle();
    expect(of('e2')?.facts.variables).toEqual([caseNumber]);
    expect(of('e1')?.facts.variables).toEqual([]);
    expect(observed.at(-1)?.facts.variables).toEqual([caseNumber]);
  });

  it('that are malformed › change nothing', () => {
    const before = feed.getState();
    for (const garbage of [
      null,
      'text',
      7,
      [],
      {},
      { engagementStatus: null },
      { engagementContext: { engagementId: {} } },
    ]) {
      zoom.emit('onEngagementStatusChange', garbage);
      zoom.emit('onEngagementContextChange', garbage);
    }
    expect(feed.getState()).toBe(before);
  });
});

describe('ended engagement', () => {
  it('behind another › leaves the open list at once, is dropped later', async () => {
    zoom.has('e1', { status: ann });
    zoom.has('e2', { status: bob });
    await start();
    zoom.switchTo('e1');
    await settle();
    zoom.switchTo('e2');
    await settle();
    zoom.changeStatus('e1', { state: 'end', endTime: 1_760_000_100 });
    expect(feed.getState().focusedId).toBe('e2');
    expect(openEngagements(feed.getState()).map(({ engagementId }) => engagementId)).toEqual(['e2']);
    expect(of('e1')?.facts).toMatchObject({ endTime: 1_760_000_100_000, consumers: [{ number: '+14155550101' }] });
    await pass(5 * 60_000);
    expect(of('e1')).toBeUndefined();
    expect(of('e2')?.facts.consumers).toEqual([{ number: '+14155550102' }]);
  });

  it('in front › is kept while it is in front', async () => {
    zoom.has('e1', { status: ann });
    zoom.has('e2', { status: bob });
    await start();
    zoom.switchTo('e1');
    await settle();
    zoom.changeStatus('e1', { state: 'end' });
    await pass(60 * 60_000);
    expect(of('e1')?.facts.state).toBe('end');
    zoom.switchTo('e2');
    await pass(5 * 60_000);
    expect(of('e1')).toBeUndefined();
  });
});

describe('missing answers of Zoom', () => {
  it('status unanswered › can be retried', async () => {
    zoom.has('e1', { status: ann });
    zoom.opensWith('e1');
    zoom.answer('getEngagementStatus', () => 'silence');
    await start();
    expect(of('e1')?.status).toBe('loading');
    await pass(5_000);
    expect(of('e1')).toMatchObject({ status: 'failed', problem: 'timeout' });
    zoom.answerNormally('getEngagementStatus');
    feed.retry();
    await settle();
    expect(of('e1')).toMatchObject({ status: 'loaded', facts: { channel: 'voice' } });
    expect(of('e1')).not.toHaveProperty('problem');
    expect(observed).toHaveLength(1);
  });

  it('context unanswered › is a problem', async () => {
    zoom.opensWith('e1');
    zoom.answer('getEngagementContext', () => 'silence');
    await start();
    await pass(5_000);
    expect(feed.getState()).toMatchObject({ focusedId: null, problem: 'timeout' });
    zoom.has('e1', { status: ann });
    zoom.answerNormally('getEngagementContext');
    feed.retry();
    await settle();
    expect(feed.getState()).toMatchObject({ focusedId: 'e1', problem: null });
  });

  it('status of another engagement › is dropped', async () => {
    zoom.has('e1', {});
    zoom.opensWith('e1');
    zoom.answer('getEngagementStatus', () => ({ result: { engagementStatus: { engagementId: 'e2', ...bob } } }));
    await start();
    expect(of('e1')).toMatchObject({ status: 'failed', problem: 'refused' });
    expect(of('e1')?.facts.consumers).toBeUndefined();
    expect(of('e2')).toBeUndefined();
  });

  it('a client without variables › works without them', async () => {
    zoom.answer('config', () => ({
      result: {
        clientVersion: '6.0.0',
        unsupportedApis: ['getEngagementVariableValue', 'onEngagementVariableValueChange'],
      },
    }));
    zoom.has('e1', { status: ann });
    zoom.opensWith('e1');
    await start();
    expect(observed.map(({ facts }) => facts.consumers)).toEqual([[{ number: '+14155550101' }]]);
  });

  it('a client without engagements › no problem, and the missing feature is known', async () => {
    const unsupportedApis = ['getEngagementContext', 'getEngagementStatus', 'getEngagementVariableValue'];
    zoom.answer('config', () => ({ result: { clientVersion: '5.17.0', unsupportedApis } }));
    await start();
    expect(feed.getState()).toMatchObject({
      host: { features: { focus: false, variables: false } },
      focusedId: null,
      problem: null,
    });
  });
});
