// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeHost, type FakeHost } from './fake-host.ts';
import type { Frame } from './frame-guard.ts';
import type { ZoomHost } from './sdk.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  // The SDK and the page keep what they were given: each test starts with a new copy of both.
  vi.resetModules();
  delete window.chrome;
  delete window.webkit;
  delete window.zoomSdk;
  history.replaceState(null, '', '/');
});

async function start(frame: Frame = 'top'): Promise<ZoomHost> {
  const { createZoomHost } = await import('./sdk.ts');
  const host = createZoomHost({ frame });
  host.start();
  await vi.advanceTimersByTimeAsync(1);
  return host;
}

const configs = (zoom: FakeHost) => zoom.names().filter((name) => name === 'config').length;

describe.each(['webview2', 'wkwebview'] as const)("Zoom's client (%s)", (protocol) => {
  it('config answered › ready, requested version 0.16 and exactly our capabilities', async () => {
    const zoom = createFakeHost(protocol);
    const host = await start();
    const { capabilities } = await import('./sdk.ts');
    expect(host.getState()).toEqual({ kind: 'ready', clientVersion: '6.5.0.1234', missing: [] });
    expect(zoom.requests[0]).toMatchObject({
      apiName: 'config',
      data: { version: '0.16', js_api_lists: [...capabilities] },
    });
  });

  it('an old client › names missing capabilities and does not call them', async () => {
    const zoom = createFakeHost(protocol);
    const unsupportedApis = ['getEngagementVariableValue', 'onEngagementVariableValueChange', 'somethingElse'];
    zoom.answer('config', () => ({ result: { clientVersion: '6.0.0', unsupportedApis } }));
    const host = await start();
    expect(host.getState()).toMatchObject({
      missing: ['getEngagementVariableValue', 'onEngagementVariableValueChange'],
    });
    await expect(host.read('getEngagementVariableValue', 'e1')).rejects.toMatchObject({ kind: 'unsupported' });
    expect(zoom.names()).toEqual(['config']);
  });

  it('openUrl › http and https only', async () => {
    const zoom = createFakeHost(protocol);
    zoom.answer('openUrl', () => ({ result: {} }));
    const host = await start();
    const hostile = [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'no address',
    ];
    for (const url of hostile) await host.openUrl(url);
    expect(zoom.names()).toEqual(['config']);
    const opening = host.openUrl('https://crm.example/1');
    await vi.advanceTimersByTimeAsync(1);
    await opening;
    expect(zoom.requests.at(-1)).toMatchObject({ apiName: 'openUrl', data: { url: 'https://crm.example/1' } });
  });

  it('config unanswered › failed, and retry starts again', async () => {
    const zoom = createFakeHost(protocol);
    zoom.answer('config', () => 'silence');
    const host = await start();
    expect(host.getState()).toEqual({ kind: 'starting' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(host.getState()).toMatchObject({ kind: 'failed', reason: 'timeout' });
    zoom.answerNormally('config');
    host.retry();
    expect(host.getState()).toEqual({ kind: 'starting' });
    await vi.advanceTimersByTimeAsync(1);
    expect(host.getState()).toMatchObject({ kind: 'ready' });
  });

  it('config without a client version › refused', async () => {
    createFakeHost(protocol).answer('config', () => ({ result: {} }));
    expect((await start()).getState()).toMatchObject({ kind: 'failed', reason: 'refused' });
  });

  it('any failure › has a kind', async () => {
    const zoom = createFakeHost(protocol);
    const host = await start();
    await expect(host.read('getEngagementContext')).rejects.toMatchObject({ kind: 'outside-engagement', code: 10243 });
    zoom.answer('getEngagementStatus', () => ({
      errorMessage: 'No Permission for this API. [code:80012, reason:role]',
    }));
    await expect(host.read('getEngagementStatus', 'e1')).rejects.toMatchObject({ kind: 'denied', code: 80012 });
    zoom.answer('getAppContext', () => ({ errorCode: 10118, errorMessage: 'no context' }));
    await expect(host.getAppContext()).rejects.toMatchObject({ kind: 'failed', code: 10118 });
    zoom.answer('getAppContext', () => ({ result: { context: '' } }));
    await expect(host.getAppContext()).rejects.toMatchObject({ kind: 'failed', code: null });
    zoom.answer('getAppContext', () => 'silence');
    const late = expect(host.getAppContext()).rejects.toMatchObject({ kind: 'timeout' });
    await vi.advanceTimersByTimeAsync(5_000);
    await late;
  });

  it('several handlers and configs › each is called once, a throwing one stops no other', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const zoom = createFakeHost(protocol);
    const host = await start();
    const heard: string[] = [];
    host.on('onEngagementStatusChange', () => {
      throw new Error('clumsy');
    });
    const stop = host.on('onEngagementStatusChange', () => heard.push('status'));
    host.on('onEngagementContextChange', () => heard.push('context'));
    zoom.emit('onRunningContextChange', { runningContext: 'inContactCenter' });
    await vi.advanceTimersByTimeAsync(1);
    zoom.emit('onEngagementStatusChange', {});
    zoom.emit('onEngagementContextChange', {});
    stop();
    zoom.emit('onEngagementStatusChange', {});
    expect(heard).toEqual(['status', 'context']);
    expect(reported).toHaveBeenCalledTimes(2);
    vi.unstubAllGlobals();
  });

  it('two hours, a new running context or URL › configures again', async () => {
    const zoom = createFakeHost(protocol);
    const host = await start();
    await vi.advanceTimersByTimeAsync(119 * 60_000);
    expect(configs(zoom)).toBe(2);
    zoom.emit('onRunningContextChange', { runningContext: 'inMainClient' });
    await vi.advanceTimersByTimeAsync(1);
    expect(configs(zoom)).toBe(3);
    history.replaceState(null, '', '/elsewhere');
    await host.getAppContext();
    expect(zoom.names().slice(-2)).toEqual(['config', 'getAppContext']);
  });

  it('a denied call › configures and repeats once', async () => {
    const zoom = createFakeHost(protocol);
    const host = await start();
    await vi.advanceTimersByTimeAsync(60_000);
    let denials = 1;
    zoom.answer('getAppContext', () =>
      denials-- > 0 ? { errorMessage: '[code:80004, reason:expired]' } : { result: { context: 'sealed' } },
    );
    await expect(host.getAppContext()).resolves.toBe('sealed');
    expect(configs(zoom)).toBe(2);
    denials = 100;
    await expect(host.getAppContext()).rejects.toMatchObject({ kind: 'denied', code: 80004 });
    expect(configs(zoom)).toBe(2);
  });

  it('a renewal unanswered › stays ready', async () => {
    const zoom = createFakeHost(protocol);
    const host = await start();
    zoom.answer('config', () => 'silence');
    zoom.emit('onRunningContextChange', {});
    await vi.advanceTimersByTimeAsync(6_000);
    expect(host.getState().kind).toBe('ready');
    await expect(host.getAppContext()).resolves.toBe('sealed-by-zoom');
  });
});

describe('outside Zoom', () => {
  it('a browser tab › outside at once', async () => {
    expect((await start()).getState()).toEqual({ kind: 'outside' });
  });

  it('a foreign frame › receives no request', async () => {
    const zoom = createFakeHost('webview2');
    expect((await start('foreign')).getState()).toEqual({ kind: 'outside' });
    expect(zoom.requests).toEqual([]);
  });
});

it('manifest › capabilities › are exactly those of the code', async () => {
  const { capabilities } = await import('./sdk.ts');
  const [manifest] = Object.values(import.meta.glob('../../manifest.json', { eager: true, import: 'manifest' }));
  expect(manifest).toMatchObject({
    features: { in_client_feature: { zoom_app_api: { zoom_app_apis: expect.any(Array) } } },
  });
  const asked = (manifest as { features: { in_client_feature: { zoom_app_api: { zoom_app_apis: string[] } } } })
    .features.in_client_feature.zoom_app_api.zoom_app_apis;
  expect([...asked].sort()).toEqual([...capabilities].sort());
});
