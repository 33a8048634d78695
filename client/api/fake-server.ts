import { openSession } from '#contract/session.ts';

/*
 * A stateful fake of the server for tests of the client: issues the bearers t1, t2, … for app contexts and accepts only
 * the newest. `serve` sets the answer of every other path.
 */
export type FakeServer = ReturnType<typeof createFakeServer>;

export function createFakeServer(clock: () => number = Date.now) {
  const requests: { path: string; body: unknown; bearer: string | null; init: RequestInit }[] = [];
  let issued = 0;
  let isRevoked = false;
  let sessionLifetime = 600_000;
  let serve: (signal: AbortSignal, path: string, headers: Headers) => Response | Promise<Response> = () =>
    Response.json({ kind: 'served' });
  let signIn: (() => Response | Promise<Response>) | null = null;

  return {
    requests,
    countSignIns: () => requests.filter(({ path }) => path === openSession.path).length,
    revoke() {
      isRevoked = true;
    },
    sessionsLast(ms: number) {
      sessionLifetime = ms;
    },
    serve(handler: typeof serve) {
      serve = handler;
    },
    signIn(handler: typeof signIn) {
      signIn = handler;
    },
    refusal,
    fetch: (async (input, init = {}) => {
      const headers = new Headers(init.headers);
      const bearer = headers.get('authorization');
      const path = String(input);
      const body: unknown = init.body === undefined ? null : JSON.parse(String(init.body));
      requests.push({ path, body, bearer, init });
      await Promise.resolve();
      if (path === openSession.path) {
        if (signIn !== null) return signIn();
        isRevoked = false;
        issued += 1;
        return Response.json({ token: `t${issued}`, expiresAt: clock() + sessionLifetime });
      }
      if (isRevoked || bearer !== `Bearer t${issued}`) return refusal(401, 'unauthenticated');
      return serve(init.signal ?? new AbortController().signal, path, headers);
    }) satisfies typeof fetch,
  };
}

function refusal(status: number, code: string): Response {
  return Response.json({ error: { code, message: 'What happened and what to do.', requestId: 'r-1' } }, { status });
}
