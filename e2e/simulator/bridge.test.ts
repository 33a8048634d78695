import { createRequire } from 'node:module';
import type zoomSdk from '@zoom/appssdk';
import { afterEach, expect, test, vi } from 'vitest';
import { agents } from './agents.ts';
import { type BridgeSettings, createBridge, currentClientVersion, type HostMessage } from './bridge.ts';
import {
  type Arrival,
  answer,
  type ContactCenter,
  close,
  end,
  focus,
  openContactCenter,
  ring,
  setVariable,
} from './contact-center.ts';
import { createTimeSpeller } from './sdk-view.ts';

const capabilities = [
  'getSupportedJsApis',
  'getRunningContext',
  'getAppContext',
  'openUrl',
  'appPopout',
  'getEngagementContext',
  'getEngagementStatus',
  'onEngagementContextChange',
  'onEngagementStatusChange',
  'getAppVariableList',
  'getEngagementVariableValue',
  'onEngagementVariableValueChange',
] as const;

const arrival = (id: string, more: Partial<Arrival> = {}): Arrival => ({
  id,
  channel: 'sms',
  queue: { id: 'q-1', name: 'Support' },
  consumers: [{ consumerNumber: '+14155550101', consumerDisplayName: 'Ann' }],
  variables: [{ id: 'v-1', name: 'Custom.case_number', value: 'CS-1' }],
  ...more,
});

afterEach(() => vi.unstubAllGlobals());

type ZoomSdk = typeof zoomSdk;

/** The SDK keeps its listeners in its module, so each panel needs a module of its own. */
function loadSdk(): ZoomSdk {
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('@zoom/appssdk')];
  return require('@zoom/appssdk').default;
}

/**
 * A desktop that holds one state, and the real SDK as it finds itself in an iframe: its window's parent is the bridge.
 */
function openPanel(settings: Partial<BridgeSettings> = {}) {
  const frame = new EventTarget();
  let center = openContactCenter(agents[0]);
  const opened: string[] = [];
  const bridge = createBridge({
    clientVersion: currentClientVersion,
    center: () => center,
    appVariables: () => [{ id: 'v-1', name: 'Custom.case_number', type: 'globalCustom', dataType: 'string' }],
    mintAppContext: async () => 'sealed',
    openUrl: (url) => opened.push(url),
    send: (message: HostMessage) =>
      frame.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) })),
    now: () => 1_795_000_000_500,
    spellTime: createTimeSpeller(() => 'alternating'),
    ...settings,
  });
  vi.stubGlobal('ImageData', class {});
  vi.stubGlobal('window', {
    self: {},
    top: {},
    crypto: globalThis.crypto,
    parent: { postMessage: (message: unknown) => void bridge.receive(message) },
    addEventListener: frame.addEventListener.bind(frame),
  });
  const step = (next: ContactCenter) => {
    const before = center;
    center = next;
    bridge.notify(before, next);
  };
  return { bridge, opened, step, center: () => center, sdk: loadSdk() };
}

function heard(sdk: ZoomSdk) {
  const events: unknown[] = [];
  sdk.onEngagementContextChange((event) => events.push({ context: event.engagementContext }));
  sdk.onEngagementStatusChange((event) => events.push({ status: event.engagementStatus }));
  sdk.onEngagementVariableValueChange((event) => events.push(event));
  return events;
}

test('bridge › config › lists unsupported calls; an old client lacks engagements', async () => {
  const current = openPanel();
  const answered = await current.sdk.config({ capabilities: [...capabilities, 'shareApp'], version: '0.16' });
  expect(answered).toMatchObject({ runningContext: 'inContactCenter', unsupportedApis: ['shareApp'] });

  const old = openPanel({ clientVersion: '5.17.11' });
  const { unsupportedApis } = await old.sdk.config({ capabilities: [...capabilities], version: '0.16' });
  expect(unsupportedApis).toEqual(capabilities.filter((name) => /Engagement|Variable|appPopout/.test(name)));
  await expect(old.sdk.getEngagementContext()).rejects.toMatchObject({ code: '80012' });
  const events = heard(old.sdk);
  old.step(answer(ring(old.center(), arrival('E1'), 1), 'E1', 2));
  expect(events).toEqual([]);
});

test('bridge › a call that is not in the capabilities › is refused', async () => {
  const { sdk } = openPanel();
  await sdk.config({ capabilities: ['getRunningContext'], version: '0.16' });
  await expect(sdk.getRunningContext()).resolves.toEqual({ context: 'inContactCenter' });
  await expect(sdk.getAppContext()).rejects.toThrow('code:80012');
});

test('bridge › an unknown SDK version › is refused', async () => {
  const { sdk } = openPanel();
  const version = '9.9' as '0.16';
  await expect(sdk.config({ capabilities: [], version })).rejects.toMatchObject({ code: '10001' });
});

test('bridge › engagement calls without an engagement, while it rings, or with an unknown id › fail with 10243', async () => {
  const { sdk, step, center } = openPanel();
  await sdk.config({ capabilities: [...capabilities], version: '0.16' });
  await expect(sdk.getEngagementContext()).rejects.toMatchObject({ code: '10243' });
  step(ring(center(), arrival('E1'), 1));
  await expect(sdk.getEngagementStatus({ engagementId: 'E1' })).rejects.toMatchObject({ code: '10243' });
  await expect(sdk.getEngagementVariableValue({ engagementId: 'E9' })).rejects.toMatchObject({ code: '10243' });
});

test('bridge › engagement calls with an id › answer context, status and variables of that engagement', async () => {
  const { sdk, step, center } = openPanel();
  await sdk.config({ capabilities: [...capabilities], version: '0.16' });
  step(
    answer(
      ring(
        center(),
        arrival('E1', { transfer: { type: 'warm', fromAgent: agents[1], fromQueue: { id: 'q-1', name: 'Support' } } }),
        1000,
      ),
      'E1',
      2000,
    ),
  );
  step(answer(ring(center(), arrival('E2', { channel: 'voice', variables: [] }), 3000), 'E2', 4000));

  const { engagementContext } = await sdk.getEngagementContext({ engagementId: 'E1' });
  expect(engagementContext).toMatchObject({
    engagementId: 'E1',
    acceptTime: 2000,
    queueName: 'Support',
    isTransfer: 'true',
    transferType: 'warm',
    transferFromAgentId: agents[1].id,
    transferFromAgentName: agents[1].name,
  });
  expect((await sdk.getEngagementContext()).engagementContext).toMatchObject({
    engagementId: 'E2',
    isTransfer: 'false',
  });
  expect((await sdk.getEngagementStatus({ engagementId: 'E1' })).engagementStatus).toEqual({
    engagementId: 'E1',
    state: 'active',
    channel: 'messaging',
    source: 'messaging_sms',
    isConference: 'false',
    assignedAgentId: agents[0].id,
    assignedAgentName: agents[0].name,
    consumers: [{ consumerNumber: '+14155550101', consumerDisplayName: 'Ann' }],
  });
  expect(await sdk.getEngagementVariableValue({ engagementId: 'E1' })).toEqual({
    variables: [{ id: 'v-1', name: 'Custom.case_number', value: 'CS-1' }],
  });
});

test('bridge › startTime › alternates between a number and an ISO string', async () => {
  const { sdk, step, center } = openPanel();
  await sdk.config({ capabilities: [...capabilities], version: '0.16' });
  step(answer(ring(center(), arrival('E1'), 0), 'E1', 1));
  const read = async () => (await sdk.getEngagementContext()).engagementContext.startTime;
  expect([await read(), await read()]).toEqual(['1970-01-01T00:00:00.000Z', 0]);
});

test('bridge › events › carry the whole focus, the status difference with its id, and variables without an id', async () => {
  const { sdk, step, center } = openPanel();
  await sdk.config({ capabilities: [...capabilities], version: '0.16' });
  const events = heard(sdk);
  step(answer(ring(center(), arrival('E1'), 1), 'E1', 2));
  expect(events.splice(0)).toMatchObject([
    { context: { engagementId: 'E1', queueName: 'Support' } },
    { status: { engagementId: 'E1', state: 'active', source: 'messaging_sms', consumers: [{}] } },
  ]);
  step(answer(ring(center(), arrival('E2'), 3), 'E2', 4));
  events.length = 0;
  step(end(center(), 'E1', 5));
  expect(events.splice(0)).toEqual([{ status: { engagementId: 'E1', state: 'wrap-up' } }]);
  step(close(center(), 'E1', 6));
  expect(events.splice(0)).toEqual([{ status: { engagementId: 'E1', state: 'end', endTime: 6 } }]);
  step(setVariable(center(), 'E2', { id: 'v-1', name: 'Custom.case_number', value: 'CS-2' }));
  expect(events.splice(0)).toEqual([
    { variables: [{ id: 'v-1', name: 'Custom.case_number', value: 'CS-2' }], timestamp: 1_795_000_000 },
  ]);
  step(focus(center(), 'E2'));
  expect(events).toEqual([]);
});

test('bridge › openUrl, appPopout, app context › opens, is refused, is minted or refused with 10118', async () => {
  const { sdk, opened } = openPanel();
  await sdk.config({ capabilities: [...capabilities], version: '0.16' });
  await sdk.openUrl({ url: 'https://crm.example/C-1' });
  expect(opened).toEqual(['https://crm.example/C-1']);
  await expect(sdk.appPopout({ action: 'undock' })).rejects.toMatchObject({ code: '10247' });
  await expect(sdk.getAppContext()).resolves.toEqual({ context: 'sealed' });

  const broken = openPanel({ mintAppContext: () => Promise.reject(new Error('down')) });
  await broken.sdk.config({ capabilities: [...capabilities], version: '0.16' });
  await expect(broken.sdk.getAppContext()).rejects.toMatchObject({ code: '10118' });
});

test('bridge › a message that is not a call › is ignored', async () => {
  const { bridge } = openPanel();
  for (const message of ['{', 'null', '[]', '{"jsCallId":1}', { jsCallId: 'a', apiName: 'config' }, undefined]) {
    await expect(bridge.receive(message)).resolves.toBeUndefined();
  }
});
