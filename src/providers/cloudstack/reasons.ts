import type { FamiliesOf, Reasons } from '../../errors/catalogue.ts';

/** Reasons of CloudStack and of VM descriptors. */
export const cloudStackReasons = {
  CloudStackUnreachable: {
    family: 'retryable',
    summary: 'The CloudStack endpoint did not answer.',
    remedy: 'Nothing to do if it is brief; otherwise check the endpoint and the CA bundle of the Reactor.',
  },
  CloudStackBadReply: {
    family: 'retryable',
    summary: 'Something answered at the CloudStack endpoint, but not the API.',
    remedy: 'Check the endpoint of the Reactor: it ends in /client/api. A proxy in between may be failing.',
  },
  CloudStackUnauthorized: {
    family: 'retryable',
    needsPerson: true,
    summary: 'CloudStack refused the API key or the signature.',
    remedy: 'Check the keys in the Secret of the Reactor, and the clocks of both machines.',
  },
  CloudStackForbidden: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The CloudStack account is not allowed to do this.',
    remedy: 'Grant the role the API named in the message; docs/cloudstack.md has the whole list.',
  },
  CloudStackRateLimited: {
    family: 'retryable',
    summary: 'CloudStack limits the rate of calls.',
    remedy:
      'Nothing to do if it is brief; otherwise raise api.throttling.max, or lower limits.callsPerSecond of the Reactor.',
  },
  CloudStackFailed: {
    family: 'retryable',
    summary: 'A call or job of CloudStack failed.',
    remedy: 'Search the log of the management server for the call or job in the message.',
  },
  CloudStackNoCapacity: {
    family: 'retryable',
    summary: 'CloudStack has no free host, address or storage for the VM.',
    remedy: 'Add capacity, or lower the capacity of the Offer.',
    chainCode: 10_200,
  },
  CloudStackLimitReached: {
    family: 'retryable',
    summary: 'The CloudStack account has reached a limit.',
    remedy: 'Raise the limit of the account named in the message, or lower the capacity of the Offer.',
    chainCode: 10_201,
  },
  CloudStackRejected: {
    family: 'terminal',
    summary: 'CloudStack rejected a parameter.',
    remedy: 'Correct the field of the Reactor or the descriptor that the message names.',
    chainCode: 10_202,
  },
  CloudStackZoneUnknown: {
    family: 'terminal',
    summary: 'CloudStack has no such zone, or it is disabled.',
    remedy: 'Correct zones of the Reactor.',
    chainCode: 10_203,
  },
  CloudStackOfferingUnknown: {
    family: 'terminal',
    summary: 'CloudStack has no such offering.',
    remedy: 'Correct sizes, customSize, dataDisks or network of the Reactor.',
    chainCode: 10_204,
  },
  CloudStackTemplateUnknown: {
    family: 'terminal',
    summary: 'CloudStack has no such template, or it is not ready.',
    remedy: 'Correct images of the Reactor.',
    chainCode: 10_205,
  },
  CloudStackNetworkUnknown: {
    family: 'terminal',
    summary: 'CloudStack has no such network, or it does not fit.',
    remedy: 'Correct network of the Reactor.',
    chainCode: 10_206,
  },
  CloudStackExpungeForbidden: {
    family: 'retryable',
    needsPerson: true,
    summary:
      'The VM is destroyed, but the account may not expunge it: its disk and name stay in use until CloudStack does.',
    remedy: 'Set allow.user.expunge.recover.vm to true, or wait for expunge.delay.',
  },
  CloudStackNotOurs: {
    family: 'refused',
    summary: 'A resource in CloudStack has the name of this tenure and is not marked as ours.',
    remedy: 'Rename or remove the resource in the message, or restore its marker.',
  },
  VmDescriptorInvalid: {
    family: 'terminal',
    summary: 'The VM descriptor is contradictory or orders something no VM can have.',
    remedy: 'Correct the field named in the message and subscribe again.',
    chainCode: 10_210,
  },
  VmSizeNotOffered: {
    family: 'terminal',
    summary: 'The provider offers no VM of that size.',
    remedy: 'Ask for less CPU, memory or disk, or choose another provider.',
    chainCode: 10_211,
  },
  VmImageNotOffered: {
    family: 'terminal',
    summary: 'The provider offers no image of that name.',
    remedy: 'Choose one of the images the message names, or another provider.',
    chainCode: 10_212,
  },
  VmNetworkNotOffered: {
    family: 'terminal',
    summary: 'The provider cannot connect a VM as ordered.',
    remedy: 'Leave out the field named in the message, or choose another provider.',
    chainCode: 10_213,
  },
  VmUserDataTooLarge: {
    family: 'terminal',
    summary: 'The user-data does not fit into a VM, even compressed.',
    remedy: 'Fetch large parts from inside the VM instead.',
    chainCode: 10_214,
  },
  VmChangeRefused: {
    family: 'refused',
    summary: 'The change would need a new VM, or would lose data.',
    remedy: 'Revert the change, or cancel and subscribe again.',
  },
  VmRestartNeeded: {
    family: 'refused',
    summary: 'The VM differs from its order, and only a restart would correct it.',
    remedy: 'Set restart of the Reactor to Always, or stop and start the VM at a convenient time.',
  },
  VmForeignPart: {
    family: 'refused',
    summary: 'An address, a disk or a network that is not in the order was added to the VM.',
    remedy:
      'Remove what the message names if it does not belong there. The operator does not touch it, but removes an added address with the tenure.',
  },
} as const satisfies Reasons;

declare module '../../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof cloudStackReasons> {}
}
