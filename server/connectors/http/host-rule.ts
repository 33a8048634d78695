import { mayReach } from '../../platform/address-guard.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import { describeSettings } from '../port/settings.ts';

/**
 * Whether a URL from a CRM's answer (a record's link, a base URL) belongs to the connection: https to a host of its
 * definition, or, if private sources are allowed, a host of its own settings.
 */
export function createHostRule(
  definition: Pick<ConnectorDefinition, 'hosts' | 'settings'>,
  settings: Record<string, unknown>,
  allowPrivate: boolean,
): (url: string) => boolean {
  const { hosts } = definition;
  const configured = listAddresses(definition, settings).flatMap(({ address }) => URL.parse(address)?.host ?? []);
  return (url) => {
    if (mayReach(url, { hosts, allowPrivate: false })) return true;
    const host = URL.parse(url)?.host;
    return allowPrivate && mayReach(url, { hosts, allowPrivate }) && host !== undefined && configured.includes(host);
  };
}

/** The settings of a connection that are addresses. */
export function listAddresses(
  { settings: shape }: Pick<ConnectorDefinition, 'settings'>,
  settings: Record<string, unknown>,
): { name: string; address: string }[] {
  return describeSettings(shape).flatMap(({ name, type }) => {
    const address = settings[name];
    return type === 'address' && typeof address === 'string' ? [{ name, address }] : [];
  });
}
