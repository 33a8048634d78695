/*
 * A stateful stand-in for our server, for tests of the client's side only: hands out bearers t1, t2, … for app contexts
 * and takes only the newest. `serve` decides what an ordinary path is answered.
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
    signIns: () => requests.filter(({ path }) => path === '/api/session').length,
    revoke() {
      isRevoked = true;
    },
    sessionsLast(ms: number) {
      sessionLifetime = ms;
    },
    serve(how: typeof serve) {
      serve = how;
    },
    signIn(how: typeof signIn) {
      signIn = how;
    },
    refusal,
    fetch: (async (input, init = {}) => {
      const headers = new Headers(init.headers);
      const bearer = headers.get('authorization');
      const path = String(input);
      const body: unknown = init.body === undefined ? null : JSON.parse(String(init.body));
      requests.push({ path, body, bearer, init });
      await Promise.resolve();
      if (path === '/api/session') {
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
