import { describe, expect, test } from 'vitest';
import { describeSettings } from './port/settings.ts';
import { connectors } from './registry.ts';

describe('connector registry', () => {
  test.each(connectors.filter(({ hosts }) => hosts.length > 0))('$name › has its own address setting', (connector) => {
    const address = describeSettings(connector.settings).find(({ name }) => name === 'baseUrl');
    const others = connectors.filter(({ name }) => name !== connector.name).map(({ label }) => label);
    expect(address?.type).toBe('address');
    for (const other of others) expect(`${address?.label} ${address?.help}`).not.toContain(other);
  });

  test('secrets › each has its own help text', () => {
    const helps = connectors.flatMap(({ settings }) =>
      describeSettings(settings).flatMap(({ type, help }) => (type === 'secret' ? [help] : [])),
    );
    expect(new Set(helps).size).toBe(helps.length);
  });

  test('names and labels › are distinct', () => {
    expect(new Set(connectors.map(({ name }) => name)).size).toBe(connectors.length);
    expect(new Set(connectors.map(({ label }) => label)).size).toBe(connectors.length);
  });
});
