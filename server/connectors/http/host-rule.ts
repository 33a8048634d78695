import { mayReach } from '../../platform/address-guard.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import { describeSettings } from '../port/settings.ts';

/**
 * Whether an address that a CRM named, a record's link or a token's base, belongs to the connection: to the hosts of its
 * definition, over https; or, where private sources are allowed, to a host that its own settings name.
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

/** The addresses among a connection's settings. */
export function listAddresses(
  { settings: shape }: Pick<ConnectorDefinition, 'settings'>,
  settings: Record<string, unknown>,
): { name: string; address: string }[] {
  return describeSettings(shape).flatMap(({ name, type }) => {
    const address = settings[name];
    return type === 'address' && typeof address === 'string' ? [{ name, address }] : [];
  });
}
