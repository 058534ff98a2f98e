import { RefusedError, RetryableError } from '../../../errors/dinfra-error.ts';
import { errorOf, type Failure } from '../api/failure.ts';
import { text } from '../api/reply.ts';
import type { Parameters } from '../api/signing.ts';
import { affinityGroupName, isOurVm, keyPairName } from '../plan/names.ts';
import type { Connection, Parts } from './parts.ts';
import type { Done, Workshop } from './workshop.ts';

/**
 * Deploys the VM. The name and the marker go with the call itself, so that a VM whose reply was lost is found by them,
 * and a second call collides with the first instead of making another VM.
 */
export async function deploy(shop: Workshop, signal: AbortSignal): Promise<Done> {
  const parameters = parametersOf(shop, await shop.parts());
  const send = () => shop.client.attempt('deployVirtualMachine', parameters, signal);
  const reply = await (shop.design.vm.affinity === undefined ? send() : shop.alone(send));
  if (reply.kind === 'Failed') {
    if (reply.failure.kind === 'Rejected') return whyRejected(shop, parameters, reply.failure, signal);
    throw errorOf(reply.failure);
  }
  const vm = text(reply.body['id']);
  const job = text(reply.body['jobid']);
  const { name } = shop.design.order.identity;
  const what = `deploying the VM ${name}`;
  return {
    message: job === undefined ? what : `${what} (job ${job})`,
    ...(vm === undefined ? {} : { vm }),
    ...(job === undefined ? {} : { job: { id: job, what, removing: false } }),
  };
}

function parametersOf({ design, scope, ids }: Workshop, parts: Parts): Parameters {
  const { order, vm } = design;
  const { identity } = order;
  const affinity = vm.affinity && affinityGroupName(identity, order.consumer, vm.affinity.group);
  return {
    name: identity.name,
    displayname: identity.marker,
    zoneid: parts.zone,
    serviceofferingid: parts.offering.id,
    templateid: parts.template,
    keypair: keyPairName(identity),
    ...networkParameters(parts.connection, ids),
    ...parts.offering.details,
    ...(vm.rootDiskGiB === undefined ? {} : { rootdisksize: String(vm.rootDiskGiB) }),
    ...(parts.userData === undefined ? {} : { userdata: parts.userData }),
    ...(affinity === undefined ? {} : { affinitygroupnames: affinity }),
    ...scope,
  };
}

function networkParameters(connection: Connection, ids: Workshop['ids']): Parameters {
  if (connection.kind === 'Isolated') return { networkids: idOf(ids.network, 'network') };
  if (!connection.securityGroup) return { networkids: connection.network };
  return { networkids: connection.network, securitygroupids: idOf(ids.securityGroup, 'security group') };
}

/** The reply that had the id may have been cut: the next look has it. */
function idOf(id: string | undefined, what: string): string {
  if (id !== undefined) return id;
  throw new RetryableError('CloudStackFailed', {
    message: `the ${what} of the tenure was made and has not been seen yet`,
  });
}

/** 431 has one code for everything: the name being taken, by us or by others, and parameters that are wrong. */
async function whyRejected(
  shop: Workshop,
  parameters: Parameters,
  failure: Failure,
  signal: AbortSignal,
): Promise<Done> {
  const { design, source, expunge } = shop;
  const { identity } = design.order;
  const named = (await source.virtualMachines(identity.name, signal)).filter((vm) => vm.name === identity.name);
  const ours = named.find((vm) => isOurVm(vm, identity, undefined));
  if (ours !== undefined) return { message: `found the VM ${ours.id}, deployed before`, vm: ours.id };
  const [stranger] = named;
  if (stranger !== undefined) {
    throw new RefusedError('CloudStackNotOurs', {
      message: `the VM ${stranger.id} is named ${identity.name}, but it is not marked as this tenure's`,
    });
  }
  if (!(await hasPrerequisites(shop, signal))) {
    throw new RetryableError('CloudStackFailed', { message: errorOf(failure).message });
  }
  if (await isOutdated(shop, parameters)) {
    throw new RetryableError('CloudStackFailed', {
      message: `${errorOf(failure).message}; what the deploy named was replaced a moment ago`,
    });
  }
  // A destroyed VM keeps its name until it is expunged, and a user does not see it.
  if (!expunge) {
    throw new RetryableError('CloudStackExpungeForbidden', {
      message: `${errorOf(failure).message}; a destroyed VM may still hold the name ${identity.name}`,
      retryAfterMs: 300_000,
    });
  }
  throw errorOf(failure);
}

/** Whether the parts of the VM have other ids by now. Throws a TerminalError naming the one that is gone. */
async function isOutdated(shop: Workshop, parameters: Parameters): Promise<boolean> {
  shop.lookAgain();
  return JSON.stringify(parametersOf(shop, await shop.parts())) !== JSON.stringify(parameters);
}

/** Whether what the deploy rests on is still there: another tenure's end, or an admin, may have removed it. */
async function hasPrerequisites({ design, source }: Workshop, signal: AbortSignal): Promise<boolean> {
  const { identity } = design.order;
  const key = keyPairName(identity);
  if (!(await source.keyPairs(key, signal)).some((pair) => pair.name === key)) return false;
  const { affinity } = design.vm;
  if (affinity === undefined) return true;
  const name = affinityGroupName(identity, design.order.consumer, affinity.group);
  return (await source.affinityGroups({ name }, signal)).some((group) => group.name === name);
}
