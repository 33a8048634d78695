const written = /^(?:(https?):\/\/)?(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::(\d+|\*))?$/i;

const defaultPort: Record<string, string> = { 'http:': '80', 'https:': '443' };

/**
 * Whether an origin is among those a CSP source expression names, by the rules of CSP 3 (6.7.2.8) as far as
 * `frame-ancestors` needs them: an http expression also allows https, a host without a scheme takes the page's own or
 * better, `*.host` does not include the host itself. An expression that cannot be parsed allows nothing.
 */
export function matchesSourceExpression(expression: string, origin: string, ownOrigin: string): boolean {
  if (expression === "'self'") return origin === ownOrigin && origin !== 'null';
  const parts = written.exec(expression);
  if (parts === null || !URL.canParse(origin)) return false;
  const [, scheme, wildcard, host = '', port] = parts;
  const asked = new URL(origin);
  const wanted = scheme === undefined ? new URL(ownOrigin).protocol : `${scheme.toLowerCase()}:`;
  const isUpgrade = wanted === 'http:' && asked.protocol === 'https:';
  if (asked.protocol !== wanted && !isUpgrade) return false;
  const name = host.toLowerCase();
  if (wildcard === undefined ? asked.hostname !== name : !asked.hostname.endsWith(`.${name}`)) return false;
  if (port === '*') return true;
  const askedPort = asked.port || defaultPort[asked.protocol];
  if (port === undefined) return askedPort === defaultPort[asked.protocol];
  return askedPort === port || (isUpgrade && port === '80' && askedPort === '443');
}
