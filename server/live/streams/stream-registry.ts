import type { Agent } from '#contract/session.ts';
import { type AccountReader, createAccountReader } from '../changes/account-reader.ts';
import type { LiveStore } from '../changes/change-store.ts';
import type { Stream } from './stream.ts';

/** An account with streams in this process. It is forgotten with the last of them. */
export type AccountStreams = { reader: AccountReader; agents: Map<string, Set<Stream>> };

export type StreamRegistry = ReturnType<typeof createStreamRegistry>;

const none: ReadonlySet<Stream> = new Set();

/** Which streams there are, by account and agent, each account with the one reader that serves them. */
export function createStreamRegistry(store: LiveStore) {
  const all = new Set<Stream>();
  const accounts = new Map<string, AccountStreams>();

  function createAccount(account: string): AccountStreams {
    const agents: AccountStreams['agents'] = new Map();
    const reader = createAccountReader({
      account,
      store,
      onChange(change) {
        for (const uid of new Set(change.agents)) {
          for (const stream of agents.get(uid) ?? none) stream.offer(change.engagementId, change.id);
        }
      },
      onGap() {
        for (const streams of agents.values()) for (const stream of streams) stream.reset(reader.cursor());
      },
    });
    accounts.set(account, { reader, agents });
    return { reader, agents };
  }

  return {
    all: all as ReadonlySet<Stream>,
    accounts: accounts as ReadonlyMap<string, AccountStreams>,

    ofAgent: ({ account, uid }: Agent): ReadonlySet<Stream> => accounts.get(account)?.agents.get(uid) ?? none,

    /** From now on the stream is offered every change after the reader's cursor. */
    add(stream: Stream): AccountStreams {
      const { account, uid } = stream.agent;
      const ofAccount = accounts.get(account) ?? createAccount(account);
      ofAccount.agents.set(uid, (ofAccount.agents.get(uid) ?? new Set()).add(stream));
      all.add(stream);
      return ofAccount;
    },

    remove(stream: Stream): void {
      const { account, uid } = stream.agent;
      const ofAccount = accounts.get(account);
      const ofAgent = ofAccount?.agents.get(uid);
      all.delete(stream);
      ofAgent?.delete(stream);
      if (ofAgent?.size === 0) ofAccount?.agents.delete(uid);
      if (ofAccount?.agents.size === 0) accounts.delete(account);
    },
  };
}
