import { parseMarker } from '../../../award/identity.ts';
import type { Marked } from '../../port.ts';
import type { CloudStackClient } from '../api/client.ts';
import { networkOf, securityGroupOf, type VirtualMachine, virtualMachineOf } from '../api/shapes.ts';
import type { Parameters } from '../api/signing.ts';
import { TENURE_TAG } from '../plan/names.ts';

/** Everything of the account that carries the marker of a tenure, whichever it is. `scope` is the project, or nothing. */
export async function survey(
  client: CloudStackClient,
  scope: Parameters,
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  const all = (command: string) => client.list(command, scope, signal);
  const [vms, networks, groups] = await Promise.all([
    all('listVirtualMachines'),
    all('listNetworks'),
    all('listSecurityGroups'),
  ]);
  return [
    ...vms.map(virtualMachineOf).map((vm) => ({ marker: markOf(vm), what: `VM ${vm.name} (${vm.state})` })),
    ...networks.map(networkOf).map(({ name, displayText }) => ({ marker: displayText, what: `network ${name}` })),
    ...groups
      .map(securityGroupOf)
      .map(({ name, description }) => ({ marker: description, what: `security group ${name}` })),
  ].filter(({ marker }) => parseMarker(marker) !== undefined);
}

/** The tag decides, as it does when a tenure's VM is looked for. */
function markOf({ tags, displayName }: VirtualMachine): string {
  return tags.get(TENURE_TAG) ?? displayName;
}
