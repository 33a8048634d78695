/** A customer id is `<source id>:<id in the source>`. The first colon divides: source ids hold none, the others may. */
export function toCustomerId(source: string, id: string): string {
  return `${source}:${id}`;
}

export function splitCustomerId(customerId: string): { source: string; id: string } {
  const colon = customerId.indexOf(':');
  return { source: customerId.slice(0, Math.max(colon, 0)), id: customerId.slice(colon + 1) };
}
