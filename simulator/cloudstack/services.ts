import type { Json } from './json.ts';
import type { Network, NetworkOffering } from './rows.ts';

/** What the virtual router does for an isolated network. */
const isolated = ['SourceNat', 'Dhcp', 'Firewall', 'Lb', 'UserData', 'Vpn', 'PortForwarding', 'StaticNat', 'Dns'];
/** What it does for a shared one. */
const shared = ['Dhcp', 'UserData', 'Dns'];

/** The services of an offering. Their capabilities are left out: nothing here depends on them. */
export function offeringServices(offering: NetworkOffering): Json[] {
  const names = offering.guestType === 'L2' ? [] : offering.guestType === 'Isolated' ? isolated : shared;
  const guarded = offering.name.endsWith('WithSGService') ? [...names, 'SecurityGroup'] : names;
  return guarded.map((name) => ({
    name,
    provider: [{ name: name === 'SecurityGroup' ? 'SecurityGroupProvider' : 'VirtualRouter' }],
  }));
}

/** The services of a network: its offering's. */
export function networkServices(offering: NetworkOffering, network: Network): Json[] {
  return network.type === 'L2' ? [] : offeringServices(offering).map((service) => ({ ...service, capability: [] }));
}
