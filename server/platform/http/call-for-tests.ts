import { type AnswerOf, type Endpoint, formatUrl, type RequestOf } from '#contract/endpoint.ts';

/** Calls an endpoint of a running server; rejects unless it answers 200. */
export async function callEndpoint<E extends Endpoint>(
  origin: string,
  { method, path }: E,
  { params, query, body }: RequestOf<E>,
  bearer?: string,
): Promise<AnswerOf<E>> {
  const response = await fetch(origin + formatUrl(path, { params, query }), {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as AnswerOf<E>;
}
