import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { type ConnectionLimits, connectSocket, type SocketConnection } from './socket-connection.ts';

type Grant = 'client_credentials' | 'account_credentials';

export type SocketTokens = {
  /** `expiresAt` in ms UTC. Never rejects. */
  get(
    grant: Grant,
  ): Promise<
    { kind: 'token'; token: string; expiresAt: number } | { kind: 'refused'; reason: string } | { kind: 'unavailable' }
  >;
  forget(token: string): void;
};

export type BuiltSocket = { connection: SocketConnection; token: string; expiresAt: number };

/**
 * Gets a token and builds a connection with it; undefined on failure, and the caller tries again. Zoom documents
 * `client_credentials`, public clients use `account_credentials`: the second is the fallback when the token endpoint
 * refuses the first, and both alternate, two attempts each, while the socket refuses the token.
 */
export function createSocketBuilder(parts: {
  url: URL;
  subscriptionId: string;
  tokens: SocketTokens;
  clock: Clock;
  limits: ConnectionLimits;
  log: Pick<Log, 'warn'>;
  onMessage(body: string, connection: Pick<SocketConnection, 'close'>): void;
  onMalformed(): void;
  onHeartbeat(): void;
}) {
  const { tokens, log } = parts;
  let refusals = 0;

  async function findToken() {
    const grants: Grant[] = ['client_credentials', 'account_credentials'];
    for (const grant of refusals % 4 < 2 ? grants : grants.toReversed()) {
      const answer = await tokens.get(grant);
      if (answer.kind === 'token') return answer;
      log.warn(
        { grant, reason: answer.kind === 'refused' ? answer.reason : answer.kind },
        'no token for the WebSocket',
      );
      if (answer.kind === 'unavailable') return undefined;
    }
    return undefined;
  }

  return async (signal: AbortSignal): Promise<BuiltSocket | undefined> => {
    const found = await findToken();
    if (!found || signal.aborted) return undefined;
    const { token, expiresAt } = found;
    const connection = connectSocket({ ...parts, token, onMessage: (body) => parts.onMessage(body, connection) });
    signal.addEventListener('abort', connection.close);
    void connection.ended.then(() => signal.removeEventListener('abort', connection.close));

    const outcome = await connection.built;
    if (outcome === 'built') {
      refusals = 0;
      return { connection, token, expiresAt };
    }
    if (outcome === 'refused') {
      // The reasons are undocumented; an invalid token is the most frequent one.
      refusals += 1;
      tokens.forget(token);
    }
    if (!signal.aborted) log.warn({ reason: outcome }, 'the WebSocket could not be built');
    return undefined;
  };
}
