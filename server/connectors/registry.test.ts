import { describe, expect, test } from 'vitest';
import { describeSettings } from './port/settings.ts';
import { connectors } from './registry.ts';

describe('the sources that there are', () => {
  test.each(connectors.filter(({ hosts }) => hosts.length > 0))('$name asks for an address of its own', (connector) => {
    const address = describeSettings(connector.settings).find(({ name }) => name === 'baseUrl');
    const others = connectors.filter(({ name }) => name !== connector.name).map(({ label }) => label);
    expect(address?.type).toBe('address');
    for (const other of others) expect(`${address?.label} ${address?.help}`).not.toContain(other);
  });

  test('say of each secret what it is there', () => {
    const helps = connectors.flatMap(({ settings }) =>
      describeSettings(settings).flatMap(({ type, help }) => (type === 'secret' ? [help] : [])),
    );
    expect(new Set(helps).size).toBe(helps.length);
  });

  test('have names and labels of their own', () => {
    expect(new Set(connectors.map(({ name }) => name)).size).toBe(connectors.length);
    expect(new Set(connectors.map(({ label }) => label)).size).toBe(connectors.length);
  });
});
