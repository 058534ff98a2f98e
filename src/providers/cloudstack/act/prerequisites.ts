import { errorOf } from '../api/failure.ts';
import type { Outcome } from '../api/jobs.ts';
import { isObject, text } from '../api/reply.ts';
import { networkOf } from '../api/resources.ts';
import { affinityGroupName, fingerprintOf, keyPairName, publicKeyOf } from '../observe/names.ts';
import type { ActionContext } from './context.ts';

/**
 * Ensures that the account has a pair with the consumer's key. CloudStack allows one pair for each public key: an
 * existing one, whoever created it, is used.
 */
export async function ensureKeyPair(
  { client, reader, wanted, scope, ids }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const name = keyPairName(wanted.order.accessKey);
  const publickey = publicKeyOf(wanted.order.accessKey);
  const register = () => client.attempt('registerSSHKeyPair', { name, publickey, ...scope }, signal);
  const use = (keyPair: string, message: string | undefined): Outcome => {
    ids.keyPair = keyPair;
    return { message, keyPair };
  };
  const reply = await register();
  if (reply.kind === 'Ok') return use(name, 'registered the SSH key');
  if (reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
  // 431: the key or the name exists already. Listings do not show keys, but can be filtered by fingerprint.
  const fingerprint = fingerprintOf(publickey);
  const pairs = (await reader.keyPairs({ fingerprint }, signal)).filter((pair) => pair.fingerprint === fingerprint);
  const known = pairs.find((pair) => pair.name === name) ?? pairs[0];
  if (known !== undefined) return use(known.name, undefined);
  // The name is derived from the key, so a pair of this name with another key is not in use.
  const dropped = await client.attempt('deleteSSHKeyPair', { name, ...scope }, signal);
  const again = dropped.kind === 'Ok' ? await register() : reply;
  if (again.kind === 'Failed') throw errorOf(again.failure);
  return use(name, 'registered the SSH key');
}

export async function createNetwork(
  { client, wanted, deployInputs, scope, ids }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name, marker } = wanted.order.identity;
  const { connection, zone } = await deployInputs();
  if (connection.kind !== 'Isolated') return { message: undefined };
  const parameters = { name, displaytext: marker, networkofferingid: connection.offering, zoneid: zone, ...scope };
  const body = await client.call('createNetwork', parameters, signal);
  if (!isObject(body['network'])) return { message: 'created the network' };
  const network = networkOf(body['network']);
  ids.network = network.id;
  return { message: 'created the network', network };
}

export async function createSecurityGroup(
  { client, wanted, scope, ids }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name, marker } = wanted.order.identity;
  const body = await client.call('createSecurityGroup', { name, description: marker, ...scope }, signal);
  const group = isObject(body['securitygroup']) ? text(body['securitygroup']['id']) : undefined;
  if (group !== undefined) ids.securityGroup = group;
  return { message: 'created the security group' };
}

/** Ensures the affinity group that the consumer names; another tenure of the same consumer may have created it. */
export async function ensureAffinityGroup(
  { wanted, client, scope, reader }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { order, vm } = wanted;
  if (vm.affinity === undefined) return { message: undefined };
  const name = affinityGroupName(order.identity, order.consumer, vm.affinity.group);
  const existing = await reader.affinityGroups({ name }, signal);
  if (existing.some((group) => group.name === name)) return { message: undefined };
  const type = vm.affinity.hosts === 'Different' ? 'host anti-affinity' : 'host affinity';
  const description = `dinfra affinity of ${order.consumer}`;
  const reply = await client.attempt('createAffinityGroup', { name, type, description, ...scope }, signal);
  // 431: another tenure has created it in the meantime.
  if (reply.kind === 'Failed' && reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
  return { message: 'created the affinity group' };
}
