import { openSshPublicKey } from '../../../ssh/openssh-public-key.ts';
import { errorOf } from '../api/failure.ts';
import { isObject, text } from '../api/reply.ts';
import { affinityGroupName, keyPairName } from '../plan/names.ts';
import type { Done, Workshop } from './workshop.ts';

/** The consumer's key under the tenure's name. One of that name with another key is replaced: the name is ours. */
export async function registerKey({ client, design, scope }: Workshop, signal: AbortSignal): Promise<Done> {
  const { identity, accessKey } = design.order;
  const name = keyPairName(identity);
  const publickey = openSshPublicKey(Buffer.from(accessKey.replace(/^0x/, ''), 'hex'), identity.name);
  const parameters = { name, publickey, ...scope };
  const reply = await client.attempt('registerSSHKeyPair', parameters, signal);
  if (reply.kind === 'Ok') return { message: 'registered the SSH key' };
  if (reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
  // It is there, most likely from a call whose reply was lost. Lists do not show the key itself, so make sure.
  const dropped = await client.attempt('deleteSSHKeyPair', { name, ...scope }, signal);
  if (dropped.kind === 'Failed') throw errorOf(reply.failure);
  await client.call('registerSSHKeyPair', parameters, signal);
  return { message: 'registered the SSH key' };
}

export async function createNetwork(
  { client, design, parts, scope, ids }: Workshop,
  signal: AbortSignal,
): Promise<Done> {
  const { identity } = design.order;
  const { connection, zone } = await parts();
  if (connection.kind !== 'Isolated') return { message: undefined };
  const body = await client.call(
    'createNetwork',
    {
      name: identity.name,
      displaytext: identity.marker,
      networkofferingid: connection.offering,
      zoneid: zone,
      ...scope,
    },
    signal,
  );
  const network = isObject(body['network']) ? text(body['network']['id']) : undefined;
  if (network === undefined) return { message: 'made the network' };
  ids.network = network;
  return { message: 'made the network', network };
}

export async function createSecurityGroup(
  { client, design, scope, ids }: Workshop,
  signal: AbortSignal,
): Promise<Done> {
  const { name, marker } = design.order.identity;
  const body = await client.call('createSecurityGroup', { name, description: marker, ...scope }, signal);
  const group = isObject(body['securitygroup']) ? text(body['securitygroup']['id']) : undefined;
  if (group !== undefined) ids.securityGroup = group;
  return { message: 'made the security group' };
}

export async function createAffinityGroup(shop: Workshop, signal: AbortSignal): Promise<Done> {
  const { design, client, scope, source } = shop;
  const { order, vm } = design;
  if (vm.affinity === undefined) return { message: undefined };
  const name = affinityGroupName(order.identity, order.consumer, vm.affinity.group);
  const there = await source.affinityGroups({ name }, signal);
  if (there.some((group) => group.name === name)) return { message: undefined };
  const type = vm.affinity.hosts === 'Different' ? 'host anti-affinity' : 'host affinity';
  const description = `dinfra affinity of ${order.consumer}`;
  const reply = await client.attempt('createAffinityGroup', { name, type, description, ...scope }, signal);
  // Another tenure of the same consumer may have made it in the meantime.
  if (reply.kind === 'Failed' && reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
  return { message: 'made the affinity group' };
}
