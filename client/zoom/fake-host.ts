/*
 * A stateful stand-in for Zoom's client, for tests only. It speaks the two desktop protocols to the real SDK: Windows
 * (`window.chrome.webview`, answers as message events) and Mac (`webkit.messageHandlers.jsOCHelper`, answers by a call
 * of `window.zoomSdk.native2js`). The web client's frames need a browser and are tested there.
 *
 * Differences from Zoom: it answers in the next microtask unless held, implements only the calls of the panel, and
 * gives events no time unless the test does.
 */
type Request = { jsCallId: string; apiName: string; data?: Record<string, unknown> };
type Answer = { result: unknown } | { errorCode?: number; errorMessage: string } | 'silence';

type FakeEngagement = {
  context?: Record<string, unknown>;
  status?: Record<string, unknown>;
  variables?: unknown[];
};

export type FakeHost = ReturnType<typeof createFakeHost>;

declare global {
  interface Window {
    chrome?: unknown;
    webkit?: unknown;
    zoomSdk?: { native2js(message: unknown): void };
  }
}

export function createFakeHost(protocol: 'webview2' | 'wkwebview') {
  const requests: Request[] = [];
  const engagements = new Map<string, FakeEngagement>();
  const answers = new Map<string, (request: Request) => Answer>();
  const held: { request: Request; release: () => void }[] = [];
  const windowsListeners = new Set<(event: { data: unknown }) => void>();
  const waiting = new Set<string>();
  let focusedId: string | null = null;

  function deliver(message: unknown): void {
    if (protocol === 'wkwebview') window.zoomSdk?.native2js({ data: message });
    else for (const listener of [...windowsListeners]) listener({ data: message });
  }

  function receive(json: string): void {
    const request: Request = JSON.parse(json);
    requests.push(request);
    const release = () => {
      const answer = answers.get(request.apiName)?.(request) ?? answerOf(request);
      if (answer === 'silence') return;
      deliver({ type: 'apiResponse', data: { jsCallId: request.jsCallId, ...answer } });
    };
    if (waiting.has(request.apiName)) held.push({ request, release });
    else queueMicrotask(release);
  }

  function answerOf({ apiName, data }: Request): Answer {
    const asked = typeof data?.engagementId === 'string' ? data.engagementId : focusedId;
    const engagement = asked === null ? undefined : engagements.get(asked);
    if (apiName === 'config') return { result: { clientVersion: '6.5.0.1234', unsupportedApis: [] } };
    if (apiName === 'getAppContext') return { result: { context: 'sealed-by-zoom' } };
    if (engagement === undefined)
      return { errorCode: 10243, errorMessage: 'Method not available outside Engagement context' };
    if (apiName === 'getEngagementContext') {
      return {
        result: { engagementContext: { engagementId: asked, startTime: 1_760_000_000, ...engagement.context } },
      };
    }
    if (apiName === 'getEngagementStatus') {
      return { result: { engagementStatus: { engagementId: asked, state: 'active', ...engagement.status } } };
    }
    if (apiName === 'getEngagementVariableValue') return { result: { variables: engagement.variables ?? [] } };
    return { errorMessage: `${apiName} is not supported` };
  }

  if (protocol === 'wkwebview') window.webkit = { messageHandlers: { jsOCHelper: { postMessage: receive } } };
  else {
    window.chrome = {
      webview: {
        postMessage: receive,
        addEventListener: (_type: 'message', listener: (event: { data: unknown }) => void) =>
          windowsListeners.add(listener),
      },
    };
  }

  return {
    requests,
    names: () => requests.map(({ apiName }) => apiName),
    has(engagementId: string, engagement: FakeEngagement) {
      engagements.set(engagementId, { ...engagements.get(engagementId), ...engagement });
    },
    /** The agent opens an engagement: an event, and the focus of every later read. */
    switchTo(engagementId: string, timestamp?: number) {
      focusedId = engagementId;
      deliver({
        type: 'event',
        name: 'onEngagementContextChange',
        data: { engagementContext: { engagementId, ...engagements.get(engagementId)?.context }, timestamp },
      });
    },
    /** The focus at the start of the panel, without an event. */
    opensWith(engagementId: string) {
      focusedId = engagementId;
    },
    emit(name: string, data: unknown) {
      deliver({ type: 'event', name, data });
    },
    /** Sends a difference and changes the state behind it. */
    changeStatus(engagementId: string, difference: Record<string, unknown>, timestamp?: number) {
      const before = engagements.get(engagementId);
      engagements.set(engagementId, { ...before, status: { ...before?.status, ...difference } });
      deliver({
        type: 'event',
        name: 'onEngagementStatusChange',
        data: { engagementStatus: { engagementId, ...difference }, timestamp },
      });
    },
    answer(apiName: string, how: (request: Request) => Answer) {
      answers.set(apiName, how);
    },
    answerNormally(apiName: string) {
      answers.delete(apiName);
    },
    hold(apiName: string) {
      waiting.add(apiName);
    },
    release(apiName: string) {
      waiting.delete(apiName);
      for (const one of held.splice(0)) {
        if (one.request.apiName === apiName) one.release();
        else held.push(one);
      }
    },
  };
}
