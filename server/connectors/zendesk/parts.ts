import type { Api } from './api.ts';
import type { createLogTickets } from './log-tickets.ts';
import type { CardSettings } from './mapping.ts';
import type { createTalkCalls, TalkSettings } from './talk-calls.ts';

export type Settings = CardSettings & TalkSettings & { auth: 'oauth' | 'api-token' };

/** Shared by all operations of one connection. */
export type Parts = {
  api: Api;
  settings: Settings;
  tickets: ReturnType<typeof createLogTickets>;
  calls: ReturnType<typeof createTalkCalls>;
};
