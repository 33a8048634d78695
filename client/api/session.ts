export type Session = {
  /** A bearer that is still good, asked for only when needed. */
  token(): Promise<string>;
  /** The server refused `spent`: a newer one. */
  renew(spent: string): Promise<string>;
};

export function createSession(_deps: {
  getAppContext: () => Promise<string>;
  fetch?: typeof fetch;
  clock?: () => number;
}): Session {
  throw new Error('not yet');
}
