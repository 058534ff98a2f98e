import type { CloudStackConfig } from '../api/config.ts';
import type { Network } from '../api/shapes.ts';
import type { CloudCatalogue } from '../observe/cloud-catalogue.ts';
import type { Look } from '../observe/look.ts';
import type { Notes } from './memo.ts';

/** CloudStack's code for a deploy that found no host. */
const NO_ROOM = 533;

/** Name or id of the zone to make a VM in. For want of room it is the next one's turn; a shared network is in one only. */
export function zoneFor({ zones, network }: CloudStackConfig, { failure }: Notes): string {
  const attempt = network.mode === 'Isolated' && failure?.code === NO_ROOM ? failure.count : 0;
  return zones[attempt % zones.length] ?? '';
}

/** Networks of a tenure whose VM found no room, when it is another zone's turn: a network cannot move. */
export async function networksToLeave(
  { vms, networks }: Look,
  notes: Notes,
  config: CloudStackConfig,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<readonly Network[]> {
  if (vms.length > 0 || networks.length === 0 || notes.failure?.code !== NO_ROOM) return [];
  const zone = await catalogue.zone(zoneFor(config, notes), signal);
  return networks.filter((network) => network.zone !== zone.id);
}
