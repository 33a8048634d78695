/*
 * A host for Zoom apps as somebody might write it who has read Zoom's documentation of the SDK and has never seen
 * Deskside. It knows engagements and answers what the SDK asks about them, over any of the three ways Zoom's clients
 * speak: the page around a frame (web client), `window.chrome.webview` (Windows), `webkit.messageHandlers.jsOCHelper`
 * with calls of `window.zoomSdk.native2js` (Mac).
 *
 * `installStranger` runs in the browser before any script of the page, so it may use nothing from outside itself.
 */
export type Transport = 'frame' | 'webview2' | 'wkwebview';

export type StrangerEngagement = {
  engagementId: string;
  queueName?: string;
  status: { channel: string; source: string; consumers: Record<string, string>[] };
  variables?: { id: string; name: string; value: string }[];
};

export type Stranger = {
  add(engagement: StrangerEngagement): void;
  /** The agent opens it. The first one, before the panel asks, makes no event. */
  open(engagementId: string): void;
  change(engagementId: string, difference: Record<string, unknown>): void;
  /** Every event there was, in its order, once more. */
  replay(): void;
  asked: string[];
  /** The `unsupportedApis` that `config` answers. */
  unsupportedApis: string[];
};

declare global {
  interface Window {
    stranger: Stranger;
    appContext(): Promise<string>;
  }
}

export function installStranger(transport: Transport): void {
  if (window !== window.top) return;
  type Call = { jsCallId: string; apiName: string; data?: { engagementId?: string; js_api_lists?: string[] } };
  const engagements = new Map<string, StrangerEngagement & { state: string }>();
  const events: unknown[] = [];
  const asked: string[] = [];
  const webviewListeners: ((event: { data: unknown }) => void)[] = [];
  let front: string | undefined;
  let seconds = 1_760_000_000;

  const say = (message: unknown) => {
    const global = window as unknown as { zoomSdk?: { native2js(message: unknown): void } };
    if (transport === 'frame') document.querySelector('iframe')?.contentWindow?.postMessage(message, '*');
    else if (transport === 'webview2') for (const listener of webviewListeners) listener({ data: message });
    else global.zoomSdk?.native2js({ data: message });
  };
  const emit = (name: string, data: Record<string, unknown>) => {
    seconds += 1;
    const event = { type: 'event', name, data: { ...data, timestamp: seconds } };
    events.push(event);
    say(event);
  };
  const contextOf = (id: string) => ({
    engagementId: id,
    startTime: '2026-10-09T09:00:00Z',
    acceptTime: 1_760_000_010,
    queueId: 'q-1',
    queueName: engagements.get(id)?.queueName ?? 'Support',
    isTransfer: 'false',
  });
  const answer = async ({ apiName, data }: Call): Promise<Record<string, unknown>> => {
    const engagement = engagements.get(data?.engagementId ?? front ?? '');
    if (apiName === 'config')
      return {
        result: {
          clientVersion: '6.6.1.2233',
          auth: { status: 'authorized' },
          unsupportedApis: window.stranger.unsupportedApis,
        },
      };
    if (apiName === 'getAppContext') return { result: { context: await window.appContext() } };
    if (apiName === 'getRunningContext') return { result: { context: 'inContactCenter' } };
    if (apiName === 'getSupportedJsApis')
      return { result: { supportedApis: ['getEngagementContext', 'getEngagementStatus'] } };
    if (!engagement) return { errorCode: 10243, errorMessage: 'Method not available outside Engagement context' };
    const { engagementId: id, state, status, variables } = engagement;
    if (apiName === 'getEngagementContext') return { result: { engagementContext: contextOf(id) } };
    if (apiName === 'getEngagementVariableValue') return { result: { variables: variables ?? [] } };
    if (apiName !== 'getEngagementStatus') return { errorCode: 10001, errorMessage: `${apiName} unknown` };
    const engagementStatus = { engagementId: id, state, isConference: 'false', assignedAgentId: 'a-1', ...status };
    return { result: { engagementStatus } };
  };
  const hear = async (json: unknown) => {
    if (typeof json !== 'string') return;
    const call: Call = JSON.parse(json);
    asked.push(call.apiName);
    say({ type: 'apiResponse', data: { jsCallId: call.jsCallId, ...(await answer(call)) } });
  };

  if (transport === 'frame') addEventListener('message', (event) => hear(event.data));
  if (transport === 'wkwebview')
    Object.assign(window, { webkit: { messageHandlers: { jsOCHelper: { postMessage: hear } } } });
  if (transport === 'webview2') {
    const webview = {
      postMessage: hear,
      addEventListener: (_: string, listener: (event: { data: unknown }) => void) => webviewListeners.push(listener),
    };
    Object.defineProperty(window, 'chrome', { value: { webview } });
  }

  window.stranger = {
    asked,
    unsupportedApis: [],
    add: (engagement) => void engagements.set(engagement.engagementId, { ...engagement, state: 'active' }),
    open(id) {
      front = id;
      emit('onEngagementContextChange', { engagementContext: contextOf(id) });
    },
    change(id, difference) {
      const engagement = engagements.get(id);
      if (!engagement) return;
      const { state = engagement.state, ...status } = difference;
      engagements.set(id, { ...engagement, state: String(state), status: { ...engagement.status, ...status } });
      emit('onEngagementStatusChange', { engagementStatus: { engagementId: id, ...difference } });
    },
    replay() {
      for (const event of events) say(event);
    },
  };
}
