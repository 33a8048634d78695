/*
 * The Zoom client's half of the SDK's message protocol, for an app in an iframe.
 *
 *   app → host   a JSON *string*      {"jsCallId","apiName","data"}
 *   host → app   an object            {type:'apiResponse', data:{jsCallId, result | errorCode+errorMessage}}
 *                                     {type:'event', name, data}
 *
 * As in Zoom, nothing but `config` is answered before `config`; what this client version or the app's own list of
 * capabilities does not have is refused, its events are not sent, and `config` names the former in `unsupportedApis`.
 * Outside an engagement the engagement calls fail with 10243. `openUrl` always succeeds: the SDK does not even wait.
 * This file knows neither window nor frame (frame-link.ts does), so a test can drive the real SDK through it.
 */
import type { FlowVariable } from '#contract/engagements.ts';
import { type ContactCenter, type Engagement, focusedEngagement } from './contact-center.ts';
import { describeContext, describeStatus, eventsBetween, isVisible } from './sdk-view.ts';

export const currentClientVersion = '6.5.0.1234';

export type BridgeSettings = {
  clientVersion: string;
  center(): ContactCenter;
  /** The variables that an admin released to the app, whatever engagement. */
  appVariables(): AppVariable[];
  mintAppContext(): Promise<string>;
  openUrl(url: string): void;
  send(message: HostMessage): void;
  now(): number;
  spellTime(ms: number): number | string;
};

export type AppVariable = {
  id: string;
  name: string;
  type: 'globalSystem' | 'globalCustom' | 'addressbookCustom';
  dataType: string;
  defaultValue?: string;
};

export type HostMessage =
  | { type: 'apiResponse'; data: { jsCallId: string; result: unknown } }
  | { type: 'apiResponse'; data: { jsCallId: string; errorCode: string; errorMessage: string } }
  | { type: 'event'; name: string; data: unknown };

export type Bridge = {
  /**
   * One message of the app, as it came. Messages that are not calls are ignored, as Zoom's page ignores foreign
   * messages.
   */
  receive(message: unknown): Promise<void>;
  /** Sends the app the events for the changes between two states. */
  notify(before: ContactCenter, after: ContactCenter): void;
};

/**
 * Client version from which each call and event works inside the contact center (from the SDK's type documentation).
 */
const supportedSince: Record<string, string> = {
  getSupportedJsApis: '5.0.0',
  getRunningContext: '5.0.0',
  onRunningContextChange: '5.0.0',
  getAppContext: '5.0.0',
  openUrl: '5.0.0',
  getEngagementContext: '6.0.0',
  getEngagementStatus: '6.0.0',
  onEngagementContextChange: '6.0.0',
  onEngagementStatusChange: '6.0.0',
  getAppVariableList: '6.2.5',
  getEngagementVariableValue: '6.2.5',
  onEngagementVariableValueChange: '6.2.5',
  appPopout: '6.2.5',
  onAppPopout: '6.2.5',
};

class SdkRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type CallData = Record<string, unknown>;
type Call = { jsCallId: string; apiName: string; data: CallData };

export function createBridge(settings: BridgeSettings): Bridge {
  let capabilities: string[] | null = null;
  const isSupported = (name: string) => {
    const since = supportedSince[name];
    return since !== undefined && isAtLeast(settings.clientVersion, since);
  };
  const mayUse = (name: string) => capabilities?.includes(name) === true && isSupported(name);

  function configure(data: CallData) {
    if (data.version !== '0.16' && data.version !== '0.14') {
      throw new SdkRefusal('10001', `SDK version ${String(data.version)} is not one this client knows`);
    }
    const asked = textList(data.js_api_lists);
    capabilities = asked;
    return {
      runningContext: 'inContactCenter',
      clientVersion: settings.clientVersion,
      browserVersion: 'simulator/1.0',
      userAgent: globalThis.navigator?.userAgent ?? '',
      auth: { status: 'unauthorized', upgradable: false },
      unsupportedApis: asked.filter((name) => !isSupported(name)),
      launchContext: { origin: 'App Launcher', openBy: 'user' },
      product: 'desktop',
    };
  }

  const answers: Record<string, (data: CallData) => unknown> = {
    getSupportedJsApis: () => ({ supportedApis: Object.keys(supportedSince).filter(isSupported) }),
    // A bare word on the wire: the SDK itself wraps it for 0.16.
    getRunningContext: () => 'inContactCenter',
    getAppContext: async () => {
      try {
        return { context: await settings.mintAppContext() };
      } catch {
        throw new SdkRefusal('10118', 'The app context could not be had');
      }
    },
    getEngagementContext: (data) => ({
      engagementContext: describeContext(demandEngagement(settings.center(), data), settings.spellTime),
    }),
    getEngagementStatus: (data) => ({ engagementStatus: describeStatus(demandEngagement(settings.center(), data)) }),
    getAppVariableList: () => ({ variables: settings.appVariables() }),
    getEngagementVariableValue: (data) => {
      const { variables } = demandEngagement(settings.center(), data);
      return { variables: wantedVariables(variables, data.variableId) };
    },
    openUrl: (data) => {
      settings.openUrl(String(data.url));
      return { message: 'Success' };
    },
    appPopout: () => {
      throw new SdkRefusal('10247', 'App is within a context where appPopout() cannot be executed.');
    },
  };

  function perform({ apiName, data }: Call): unknown {
    if (apiName === 'config') return configure(data);
    const perform = answers[apiName];
    if (!perform || !mayUse(apiName)) {
      throw new SdkRefusal('80012', 'No Permission for this API. [code:80012, reason:app_not_support]');
    }
    return perform(data);
  }

  return {
    async receive(message) {
      const call = readCall(message);
      if (!call) return;
      const { jsCallId } = call;
      try {
        settings.send({ type: 'apiResponse', data: { jsCallId, result: await perform(call) } });
      } catch (error) {
        if (!(error instanceof SdkRefusal)) throw error;
        settings.send({
          type: 'apiResponse',
          data: { jsCallId, errorCode: error.code, errorMessage: error.message },
        });
      }
    },
    notify(before, after) {
      for (const { name, data } of eventsBetween(before, after, settings.now(), settings.spellTime)) {
        if (mayUse(name)) settings.send({ type: 'event', name, data });
      }
    },
  };
}

/** The engagement asked for, or the one in front when none is named. */
function demandEngagement(center: ContactCenter, data: CallData): Engagement {
  const engagement =
    typeof data.engagementId === 'string' && data.engagementId !== ''
      ? center.engagements.find(({ id }) => id === data.engagementId)
      : focusedEngagement(center);
  if (!engagement || !isVisible(engagement)) {
    throw new SdkRefusal('10243', 'Method not available outside Engagement context');
  }
  return engagement;
}

function wantedVariables(variables: FlowVariable[], variableId: unknown): FlowVariable[] {
  return typeof variableId === 'string' ? variables.filter(({ id }) => id === variableId) : variables;
}

function readCall(message: unknown): Call | null {
  if (typeof message !== 'string') return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return null;
  }
  if (!isRecord(parsed) || typeof parsed.jsCallId !== 'string' || typeof parsed.apiName !== 'string') return null;
  return { jsCallId: parsed.jsCallId, apiName: parsed.apiName, data: isRecord(parsed.data) ? parsed.data : {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [place, needed] of (want ?? []).entries()) {
    const present = have?.[place] ?? 0;
    if (present !== needed) return present > needed;
  }
  return true;
}
