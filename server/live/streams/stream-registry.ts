import type { Agent } from '#contract/session.ts';
import { type AccountReader, createAccountReader } from '../changes/account-reader.ts';
import type { ChangeStore } from '../changes/change-store.ts';
import type { Stream } from './stream.ts';

/** An account with streams in this process; removed with the last of them. */
export type AccountStreams = { reader: AccountReader; agents: Map<string, Set<Stream>> };

const none: ReadonlySet<Stream> = new Set();

/** The streams by account and agent; one reader serves all streams of an account. */
export function createStreamRegistry(store: ChangeStore) {
  const all = new Set<Stream>();
  const accounts = new Map<string, AccountStreams>();

  function createAccount(account: string): AccountStreams {
    const agents: AccountStreams['agents'] = new Map();
    const reader = createAccountReader({
      account,
      store,
      onChange(change) {
        for (const uid of new Set(change.agentIds)) {
          for (const stream of agents.get(uid) ?? none) stream.enqueue(change.engagementId, change.id);
        }
      },
      onMissingChanges() {
        for (const streams of agents.values()) for (const stream of streams) stream.reset(reader.cursor());
      },
    });
    accounts.set(account, { reader, agents });
    return { reader, agents };
  }

  return {
    all: all as ReadonlySet<Stream>,
    accounts: accounts as ReadonlyMap<string, AccountStreams>,

    listOfAgent: ({ account, uid }: Agent): ReadonlySet<Stream> => accounts.get(account)?.agents.get(uid) ?? none,

    /** From now on the stream is given every change after the reader's cursor. */
    add(stream: Stream): AccountStreams {
      const { account, uid } = stream.agent;
      const accountStreams = accounts.get(account) ?? createAccount(account);
      accountStreams.agents.set(uid, (accountStreams.agents.get(uid) ?? new Set()).add(stream));
      all.add(stream);
      return accountStreams;
    },

    remove(stream: Stream): void {
      const { account, uid } = stream.agent;
      const accountStreams = accounts.get(account);
      const agentStreams = accountStreams?.agents.get(uid);
      all.delete(stream);
      agentStreams?.delete(stream);
      if (agentStreams?.size === 0) accountStreams?.agents.delete(uid);
      if (accountStreams?.agents.size === 0) accounts.delete(account);
    },
  };
}
