/**
 * Outside its source a customer is named `<source id>:<id there>`. Source ids hold no colon, so the first one divides; an
 * id there may hold more of them.
 */
export function toCustomerId(source: string, id: string): string {
  return `${source}:${id}`;
}

export function splitCustomerId(customerId: string): { source: string; id: string } {
  const colon = customerId.indexOf(':');
  return { source: customerId.slice(0, Math.max(colon, 0)), id: customerId.slice(colon + 1) };
}
