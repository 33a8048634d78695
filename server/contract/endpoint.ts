/*
 * An endpoint is declared once, and both sides derive from it: the server its route, the client its call.
 * At run time it is a method and a path. Query, body and answer are types only, so that no schema adds to the panel's
 * first load; the server names the schemas in its route, and the compiler checks them against these types.
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type QueryValue = string | number | boolean | undefined;

type EndpointTypes = { query?: Record<string, QueryValue>; body?: unknown; answer: unknown };

export type Endpoint<Path extends string = string, Types extends EndpointTypes = EndpointTypes> = {
  method: Method;
  /** Parameters are whole segments that begin with a colon. */
  path: Path;
  /** Carries the types; never set. */
  types?: Types;
};

/** Called twice, because TypeScript infers either all type arguments or none. */
export function endpoint<Types extends EndpointTypes>() {
  return <const Path extends string>(declaration: { method: Method; path: Path }): Endpoint<Path, Types> => declaration;
}

/** The parameters that a path names. */
type PathParams<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParams<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type TypesOf<E> = E extends Endpoint<string, infer Types> ? Types : never;
export type ParamsOf<E> = E extends Endpoint<infer Path> ? Record<PathParams<Path>, string> : never;
export type QueryOf<E> = TypesOf<E> extends { query: infer Query extends EndpointTypes['query'] } ? Query : undefined;
export type BodyOf<E> = TypesOf<E> extends { body: infer Body } ? Body : undefined;
export type AnswerOf<E> = TypesOf<E>['answer'];

type Given<Key extends string, Value> = [Value] extends [undefined] ? { [K in Key]?: never } : { [K in Key]: Value };

/** Exactly the parameters, query and body that the endpoint declares. */
export type RequestOf<E> = (keyof ParamsOf<E> extends never ? { params?: never } : { params: ParamsOf<E> }) &
  Given<'query', QueryOf<E>> &
  Given<'body', BodyOf<E>>;

/** The address of a call, from its path, parameters and query. */
export function formatUrl(
  path: string,
  { params = {}, query = {} }: { params?: Record<string, string> | undefined; query?: object | undefined },
): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = Object.entries(query)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(String(value))}`))
    .join('&');
  return search === '' ? filled : `${filled}?${search}`;
}
