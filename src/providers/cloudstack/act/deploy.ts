import { RefusedError, RetryableError } from '../../../errors/dinfra-error.ts';
import { errorOf, type Failure } from '../api/failure.ts';
import type { Outcome } from '../api/jobs.ts';
import { text } from '../api/reply.ts';
import type { Parameters } from '../api/signing.ts';
import { affinityGroupName, isOurVm, keyPairName } from '../observe/names.ts';
import type { Connection, DeployInputs } from '../plan/deploy-inputs.ts';
import type { ActionContext } from './context.ts';

/**
 * Deploys the VM. Its name and marker are part of the call, so that after a lost reply the VM is found by them, and a
 * second call collides with the first instead of creating another VM.
 */
export async function deploy(context: ActionContext, signal: AbortSignal): Promise<Outcome> {
  const parameters = parametersOf(context, await context.deployInputs());
  const send = () => context.client.attempt('deployVirtualMachine', parameters, signal);
  const reply = await (context.wanted.vm.affinity === undefined ? send() : context.exclusively(send));
  if (reply.kind === 'Failed') {
    if (reply.failure.kind === 'Rejected') return recoverFromRejection(context, parameters, reply.failure, signal);
    throw errorOf(reply.failure);
  }
  const vm = text(reply.body['id']);
  const job = text(reply.body['jobid']);
  const { name } = context.wanted.order.identity;
  const what = `deploying the VM ${name}`;
  return {
    message: job === undefined ? what : `${what} (job ${job})`,
    ...(vm === undefined ? {} : { vm }),
    ...(job === undefined ? {} : { job: { id: job, what, command: 'deployVirtualMachine', removing: false } }),
  };
}

function parametersOf({ wanted, scope, ids }: ActionContext, inputs: DeployInputs): Parameters {
  const { order, vm } = wanted;
  const { identity } = order;
  const affinity = vm.affinity && affinityGroupName(identity, order.consumer, vm.affinity.group);
  return {
    name: identity.name,
    displayname: identity.marker,
    zoneid: inputs.zone,
    serviceofferingid: inputs.offering.id,
    templateid: inputs.template,
    keypair: ids.keyPair ?? keyPairName(order.accessKey),
    ...networkParameters(inputs.connection, ids),
    ...inputs.offering.details,
    ...(vm.rootDiskGiB === undefined ? {} : { rootdisksize: String(vm.rootDiskGiB) }),
    ...(inputs.userData === undefined ? {} : { userdata: inputs.userData }),
    ...(affinity === undefined ? {} : { affinitygroupnames: affinity }),
    ...scope,
  };
}

function networkParameters(connection: Connection, ids: ActionContext['ids']): Parameters {
  if (connection.kind === 'Isolated') return { networkids: idOf(ids.network, 'network') };
  if (!connection.securityGroup) return { networkids: connection.network };
  return { networkids: connection.network, securitygroupids: idOf(ids.securityGroup, 'security group') };
}

/** The reply with the id may have been truncated: the next observation finds it. */
function idOf(id: string | undefined, what: string): string {
  if (id !== undefined) return id;
  throw new RetryableError('CloudStackFailed', {
    message: `the ${what} of the tenure was created and has not been seen yet`,
  });
}

/** Handles 431, which means that the name is taken, by us or by others, or that a parameter is wrong. */
async function recoverFromRejection(
  context: ActionContext,
  parameters: Parameters,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome> {
  const { wanted, reader } = context;
  const { identity } = wanted.order;
  const named = (await reader.virtualMachines(identity.name, signal)).filter((vm) => vm.name === identity.name);
  const ours = named.find((vm) => isOurVm(vm, identity, undefined));
  if (ours !== undefined) return { message: `found the VM ${ours.id}, deployed before`, vm: ours.id };
  const [foreign] = named;
  if (foreign !== undefined) {
    throw new RefusedError('CloudStackNotOurs', {
      message: `the VM ${foreign.id} is named ${identity.name}, but it is not marked as this tenure's`,
    });
  }
  if (!(await hasPrerequisites(context, signal))) {
    throw new RetryableError('CloudStackFailed', { message: errorOf(failure).message });
  }
  if (await isOutdated(context, parameters)) {
    throw new RetryableError('CloudStackFailed', {
      message: `${errorOf(failure).message}; what the deploy named was replaced a moment ago`,
    });
  }
  const expunging = await expungeUnseen(context, signal);
  if (expunging !== undefined) return expunging;
  // A destroyed VM keeps its name until it is expunged, and is not visible to a user.
  if (!context.expunge || /already exists/i.test(failure.text)) {
    throw new RetryableError('CloudStackExpungeForbidden', {
      message: `${errorOf(failure).message}; a destroyed VM that the account does not see may hold the name ${identity.name} until CloudStack expunges it`,
      retryAfterMs: 300_000,
    });
  }
  throw errorOf(failure);
}

/**
 * Expunges the tenure's own VM after others destroyed it: it is no longer visible to a user, but can be expunged by its
 * recorded id.
 */
async function expungeUnseen(
  { client, unseenVm, expunge }: ActionContext,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (unseenVm === undefined || !expunge) return undefined;
  const reply = await client.attempt('destroyVirtualMachine', { id: unseenVm, expunge: 'true' }, signal);
  const id = reply.kind === 'Ok' ? text(reply.body['jobid']) : undefined;
  if (id === undefined) return undefined;
  const what = `expunging the VM ${unseenVm}, which somebody destroyed`;
  const job = { id, what, command: 'destroyVirtualMachine', removing: false, expunges: true } as const;
  return { message: `${what} (job ${id})`, job };
}

/** Whether any input of the VM has another id by now. Throws a TerminalError that names an input that is gone. */
async function isOutdated(context: ActionContext, parameters: Parameters): Promise<boolean> {
  context.forgetOffers();
  return JSON.stringify(parametersOf(context, await context.deployInputs())) !== JSON.stringify(parameters);
}

/**
 * Whether the resources that the deploy uses still exist: the end of another tenure, or an admin, may have removed
 * them.
 */
async function hasPrerequisites({ wanted, reader, ids }: ActionContext, signal: AbortSignal): Promise<boolean> {
  const { order, vm } = wanted;
  const key = ids.keyPair ?? keyPairName(order.accessKey);
  if (!(await reader.keyPairs({ name: key }, signal)).some((pair) => pair.name === key)) return false;
  if (vm.affinity === undefined) return true;
  const name = affinityGroupName(order.identity, order.consumer, vm.affinity.group);
  return (await reader.affinityGroups({ name }, signal)).some((group) => group.name === name);
}
