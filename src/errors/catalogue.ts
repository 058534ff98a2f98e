/** One reason: how the operator treats it, what it means, what the reader can do. */
export interface CatalogueEntry {
  /** `condition` entries are states, never raised as an error. */
  readonly family: 'retryable' | 'terminal' | 'refused' | 'condition';
  /** One sentence for docs/reasons.md. */
  readonly summary: string;
  readonly remedy: string;
  /**
   * The reason code the chain hears when an award is declined or given up for this, in the provider's range
   * 10000 to 19999. Only for reasons that end a tenure.
   */
  readonly chainCode?: number;
}

/**
 * Every reason the operator can give. The key is the condition's reason, the event's reason, the metric's label and a
 * heading in docs/reasons.md; a test walks both lists.
 */
export const catalogue = {
  // States of a Deployment
  Running: { family: 'condition', summary: 'What was ordered runs.', remedy: 'Nothing to do.' },
  AwaitingAcceptance: {
    family: 'condition',
    summary: 'The award was checked and can be realised; the chain has not recorded the acceptance yet.',
    remedy: 'Nothing to do: nothing is made before the chain says Accepted.',
  },
  Creating: { family: 'condition', summary: 'It is being made.', remedy: 'Nothing to do.' },
  Starting: { family: 'condition', summary: 'It is being started.', remedy: 'Nothing to do.' },
  AwaitingHealth: {
    family: 'condition',
    summary: 'Everything was made; the workload itself is not up yet.',
    remedy: 'If it lasts, look at the workload in its backend: the message says what is awaited.',
  },
  Updating: {
    family: 'condition',
    summary: 'What runs differs from what was ordered and is being changed.',
    remedy: 'Nothing to do.',
  },
  Drifted: {
    family: 'condition',
    summary: 'What runs was changed from outside.',
    remedy: 'It is changed back. Look for who changed it: the message names what differs.',
  },
  AsOrdered: { family: 'condition', summary: 'What runs is what was ordered.', remedy: 'Nothing to do.' },
  Replacing: {
    family: 'condition',
    summary: 'What was made cannot come up and is removed before it is made again.',
    remedy: 'Look at the message: the backend says why it could not come up.',
  },
  Stopping: {
    family: 'condition',
    summary: 'The funds ran out: it is being stopped, its data kept.',
    remedy: 'Nothing to do.',
  },
  Suspended: {
    family: 'condition',
    summary: 'The funds ran out: it is stopped and its data kept until the grace is over.',
    remedy: 'The consumer tops up the subscription to have it started again.',
  },
  Paused: {
    family: 'condition',
    summary: 'A person has set spec.suspend: the operator looks and touches nothing.',
    remedy: 'Set spec.suspend to false to have it worked on again.',
  },
  Removing: {
    family: 'condition',
    summary: 'The tenure has ended: everything made for it is being removed.',
    remedy: 'Nothing to do.',
  },
  Released: {
    family: 'condition',
    summary: 'Proof was seen that nothing of the tenure is left.',
    remedy: 'Nothing to do.',
  },
  Absent: { family: 'condition', summary: 'Nothing was made yet.', remedy: 'Nothing to do.' },
  DescriptorVerified: {
    family: 'condition',
    summary: 'The descriptor was fetched, matches its hash and its schema, and can be realised.',
    remedy: 'Nothing to do.',
  },
  UnexpectedError: {
    family: 'retryable',
    summary: 'A fault of the operator itself.',
    remedy: 'Report it with the log lines of the object; it is tried again meanwhile.',
  },
  // Descriptors
  DescriptorMissing: {
    family: 'terminal',
    summary: 'The descriptor could not be found under its hash at any configured source.',
    remedy: 'Note the preimage on chain, or pin the descriptor where the provider can fetch it, and subscribe again.',
    chainCode: 10_001,
  },
  DescriptorTooLarge: {
    family: 'terminal',
    summary: 'The descriptor is larger than 256 KiB.',
    remedy: 'Move large parts (charts, images, data) out of the descriptor and refer to them.',
    chainCode: 10_002,
  },
  DescriptorHashMismatch: {
    family: 'terminal',
    summary: 'The bytes received do not match the hash the consumer subscribed with.',
    remedy: 'Publish the original bytes again, or subscribe with the hash of the new ones.',
    chainCode: 10_003,
  },
  DescriptorNotJson: {
    family: 'terminal',
    summary: 'The descriptor is not a JSON document.',
    remedy: 'Correct the descriptor and subscribe again.',
    chainCode: 10_004,
  },
  DescriptorSchema: {
    family: 'terminal',
    summary: 'The descriptor does not match the JSON Schema of its type.',
    remedy: 'Correct the field named in the message and subscribe again.',
    chainCode: 10_005,
  },
  DescriptorUnreachable: {
    family: 'retryable',
    summary: 'No source of descriptors answered.',
    remedy: 'Nothing to do if it is brief; otherwise check the chain endpoints and IPFS gateways of the Provider.',
  },
  DescriptorTypeUnknown: {
    family: 'terminal',
    summary: 'The descriptor type is not registered on chain, or its schema cannot be used.',
    remedy: 'The owner of the type has to publish a valid schema.',
    chainCode: 10_006,
  },
  DescriptorTypeNotOffered: {
    family: 'terminal',
    summary: 'This provider has no Offer for the descriptor type.',
    remedy: 'Create an Offer for the type, or withdraw it on chain.',
    chainCode: 10_007,
  },
  // Reactors
  ReactorReachable: {
    family: 'condition',
    summary: 'The backend answers and takes the credentials.',
    remedy: 'Nothing to do.',
  },
  EndUnconfirmed: {
    family: 'retryable',
    summary: 'The resource says Ended, and the source of the award does not confirm it: nothing is removed.',
    remedy:
      'If the chain can be reached, the next comparison puts the resource right. Otherwise see why its Provider is not Ready.',
  },
  PartlyUnseen: {
    family: 'condition',
    summary: 'Parts of what runs could not be looked at; the rest is as ordered.',
    remedy: 'The message names the parts and why. What runs is not touched for it.',
  },
  OfferMissing: {
    family: 'retryable',
    summary: 'The Offer of a tenure that was accepted is gone before anything was made for it.',
    remedy: 'Create the Offer again, with the Reactor that shall realise it.',
  },
  ReactorMissing: {
    family: 'retryable',
    summary: 'The Reactor that the Offer names, or that realised the tenure, does not exist.',
    remedy: 'Create the Reactor, or correct spec.reactorRef of the Offer.',
  },
  ReactorCredentialsMissing: {
    family: 'retryable',
    summary: 'The Secret with the credentials of a Reactor is missing or incomplete.',
    remedy: 'Create the Secret with the keys the message names.',
  },
  // Chain
  ChainUnreachable: {
    family: 'retryable',
    summary: 'No chain endpoint answers, or what answers is not a Substrate node.',
    remedy:
      'Check spec.chain.endpoints of the Provider and the network policy; the operator keeps trying each in turn.',
  },
  ChainStalled: {
    family: 'retryable',
    summary: 'The node is connected and reports no new finalised block.',
    remedy: 'Check the node; the operator has dropped the connection and tries the next endpoint.',
  },
  ChainGenesisMismatch: {
    family: 'retryable',
    summary: 'The node belongs to another chain than the one this Provider is on.',
    remedy: 'Correct spec.chain.endpoints. Nothing is touched meanwhile.',
  },
  ChainDiverged: {
    family: 'retryable',
    summary: 'The node does not know the last finalised block whose effects are in the cluster.',
    remedy: 'Point the Provider at a node of the same history. Nothing is touched meanwhile.',
  },
  AccountSecretMissing: {
    family: 'retryable',
    summary: "The Secret with the provider's account is missing, or lacks the key.",
    remedy: 'Create the Secret that spec.accountSecretRef of the Provider names.',
  },
  AccountSecretInvalid: {
    family: 'retryable',
    summary: 'The Secret with the account or the access key of the provider holds something else.',
    remedy: 'Put a mnemonic, a hex seed or a derivation path into the Secret; the message names the key.',
  },
  ConsumerInvalid: {
    family: 'retryable',
    summary: 'An account in the consumer policy of the Provider is mistyped.',
    remedy: 'Correct the account that the message names. Until then the policy holds for the others.',
  },
  ProviderChanged: {
    family: 'retryable',
    summary: 'The account acts for another provider on chain than the one the resource was registered as, or for none.',
    remedy:
      'Put the account back into the Secret, or have the owner name the new one on chain. A provider that has left is registered anew with a new Provider resource.',
  },
  AccountInUse: {
    family: 'condition',
    summary: 'An older Provider resource already serves this account on the same chain.',
    remedy: 'Delete one of the two Providers, or give this one an account of its own.',
  },
  InUse: {
    family: 'condition',
    summary: 'It is being deleted, and tenants depend on it: it stays until the last of them is gone.',
    remedy: 'Wait for the tenures to end; the message says how many are left. Nothing new is sold meanwhile.',
  },
  MirrorComplete: {
    family: 'condition',
    summary: 'Every award of the Provider is mirrored in the cluster.',
    remedy: 'Nothing to do.',
  },
  MirrorIncomplete: {
    family: 'condition',
    summary: 'Some objects of the mirror could not be written; all others go on.',
    remedy: 'The message names the first and why; the API server may refuse it, or an admission policy may.',
  },
  AwardUndecodable: {
    family: 'retryable',
    summary: 'An award on chain could not be understood; what runs for it is left as it is.',
    remedy: 'Upgrade the operator: the chain may have been upgraded since.',
  },
  Registering: {
    family: 'condition',
    summary: 'The chain is being told of the Provider or the Offer.',
    remedy: 'Nothing to do.',
  },
  Registered: {
    family: 'condition',
    summary: 'The chain says of the Provider or the Offer what its resource says.',
    remedy: 'Nothing to do.',
  },
  Withdrawn: {
    family: 'condition',
    summary: 'The Offer has no capacity and is withdrawn from the chain; what runs goes on.',
    remedy: 'Raise spec.capacity to take awards again.',
  },
  OfferDuplicate: {
    family: 'condition',
    summary: 'An older Offer of the same Provider sells the same descriptor type; a chain has one offer for each.',
    remedy: 'Delete one of the two Offers.',
  },
  ProviderMissing: {
    family: 'condition',
    summary: 'The Offer names a Provider that does not exist in its namespace.',
    remedy: 'Create the Provider, or correct spec.providerRef.',
  },
  ReactorTypeUnsupported: {
    family: 'condition',
    summary: 'The Reactor that the Offer names does not realise descriptors of that type, so the Offer is not sold.',
    remedy: 'Name a Reactor of the right kind in spec.reactorRef, or correct spec.descriptorType.',
  },
  DescriptorTypeNotOnChain: {
    family: 'condition',
    summary: 'Nobody has registered the descriptor type of the Offer on the chain.',
    remedy: 'Register the type (dinfra type register), or correct spec.descriptorType.',
  },
  DescriptorTypePending: {
    family: 'retryable',
    summary: 'The schema of the descriptor type is not mirrored in the cluster yet.',
    remedy: 'Nothing to do if it is brief; otherwise the Offer says why the schema cannot be had.',
  },
  OrphansFound: {
    family: 'condition',
    summary:
      'The backend has things that are marked as a tenure’s and for which there is no Deployment that this operator sees.',
    remedy:
      'See that no other operator uses the same account; then remove them, or set orphans of the Reactor to Remove, by which those go whose subscription the chain no longer has.',
  },
  TeardownHeld: {
    family: 'condition',
    summary:
      'More tenures ended at once than the Provider lets be torn down within an hour: the rest waits for a person.',
    remedy:
      'Look at what waits; set spec.teardown.approvedUntil of the Provider to a time in the near future to let it go on.',
  },
  CallRefused: {
    family: 'retryable',
    summary: 'The chain refused a call of the provider; the message has its name for why.',
    remedy: 'Look up the error in docs/chain.md. The call is sent again, later each time, while it is needed.',
  },
  Told: {
    family: 'condition',
    summary: 'The chain has been told; the message says what and in which block.',
    remedy: 'Nothing to do.',
  },
  Unspecified: {
    family: 'condition',
    summary: 'A provider gave up a tenure without a reason of its own.',
    remedy: 'Ask the provider.',
    chainCode: 10_000,
  },
  AwardUndecided: {
    family: 'condition',
    summary: 'Whether the award can be realised was not known shortly before its deadline, so it was declined.',
    remedy: 'Look at the Deployment and the Provider for what was in the way: a Reactor, a schema, the API server.',
    chainCode: 10_008,
  },
  WorkloadDown: {
    family: 'condition',
    summary: 'What was ordered is not up: the tenure is reported Degraded, and not paid for until it is back.',
    remedy: 'The provider looks at the Deployment.',
    chainCode: 10_300,
  },
  WorkloadUnseen: {
    family: 'condition',
    summary:
      'The backend has not answered for so long that nobody knows whether the workload is up: the tenure is reported Degraded.',
    remedy: 'The provider looks at the Reactor and its backend. It is reported recovered once it is seen up again.',
    chainCode: 10_301,
  },
  TransactionRejected: {
    family: 'retryable',
    summary: 'The node did not take a transaction of the provider, for example because the account cannot pay its fee.',
    remedy: "Look at the message; check the account's balance and that nothing else signs with it.",
  },
  TransactionLost: {
    family: 'retryable',
    summary: 'A transaction was sent and did not become final in time.',
    remedy: "Nothing to do if it is rare: the chain's state is read again and what is missing is sent again.",
  },
  ChainUndecodable: {
    family: 'retryable',
    summary: 'A reply of the chain could not be understood, for example after a runtime upgrade.',
    remedy: 'Upgrade the operator if it lasts. Nothing is skipped: the whole state is read again.',
  },
  // Cluster
  ClusterUnreachable: {
    family: 'retryable',
    summary: 'The Kubernetes API server does not answer, or its reply was cut off.',
    remedy: 'Check the API server and the way to it; the operator keeps trying and touches nothing meanwhile.',
  },
  ClusterBusy: {
    family: 'retryable',
    summary: 'The Kubernetes API server answers that it is overloaded or failing.',
    remedy: 'Nothing to do if it is brief; otherwise look at the load and the log of the API server.',
  },
  ClusterUnauthorized: {
    family: 'retryable',
    summary: 'The Kubernetes API server does not accept the credentials.',
    remedy: 'Renew the token or certificate in the kubeconfig; in a cluster, check the service account.',
  },
  ClusterForbidden: {
    family: 'retryable',
    summary: 'The Kubernetes API server denies the request: a missing permission, a quota or an admission policy.',
    remedy: 'The message says which. Missing permissions come with the chart: upgrade it together with the operator.',
  },
  ClusterNotFound: {
    family: 'retryable',
    summary: 'The object, or the namespace it belongs in, does not exist in the cluster.',
    remedy: 'Nothing to do if it is brief; otherwise make the object the message names.',
  },
  ClusterTypeMissing: {
    family: 'retryable',
    summary: 'The API server does not serve this type of resource.',
    remedy: 'Install the custom resource definitions of this version; if they are there, check the server address.',
  },
  ClusterAlreadyExists: {
    family: 'retryable',
    summary: 'There already is an object of that name in the cluster.',
    remedy: 'Nothing to do if it is brief; otherwise remove or rename the object the message names.',
  },
  ClusterConflict: {
    family: 'retryable',
    summary: 'The object has changed since it was read, or another writer owns one of the fields.',
    remedy: 'Nothing to do if it is brief; otherwise find the other writer in metadata.managedFields.',
  },
  ClusterExpired: {
    family: 'retryable',
    summary: 'The API server does not have the version of the data that was asked for, or no longer.',
    remedy: 'Nothing to do: everything is read again.',
  },
  ClusterInvalid: {
    family: 'terminal',
    summary: 'The API server does not accept the object or the request.',
    remedy: 'The message names the field. Installing the custom resource definitions of this version often helps.',
  },
  ClusterUndecodable: {
    family: 'retryable',
    summary: 'The reply is not what an API server sends: something else answers, or it was garbled on the way.',
    remedy: 'Check the server address and any proxy in front of it.',
  },
  ClusterReplyTooLarge: {
    family: 'retryable',
    summary: 'The reply of the API server is larger than the operator is willing to hold.',
    remedy: 'Look for objects of unusual size in the list the message names.',
  },
  KubeconfigInvalid: {
    family: 'terminal',
    summary: 'The kubeconfig cannot be read or lacks a cluster, and no in-cluster service account is mounted.',
    remedy: 'Give --kubeconfig or KUBECONFIG the path of a working kubeconfig.',
  },
  ReconcileTimeout: {
    family: 'retryable',
    summary: 'One pass over an object took longer than it may.',
    remedy: 'Nothing to do if it is rare; otherwise a backend is slow: see the log for what it was waiting for.',
  },
  // Helm
  NotOurs: {
    family: 'refused',
    summary: 'Something of the name this tenure would have already exists and does not carry its marker.',
    remedy: 'Remove or rename it. The operator touches nothing that it did not make.',
  },
  ChartNotFound: {
    family: 'terminal',
    summary: 'The repository or registry answers that it has no such chart or version.',
    remedy: 'Correct the chart or its version in the descriptor and subscribe again.',
    chainCode: 10_100,
  },
  ChartInvalid: {
    family: 'terminal',
    summary: 'The chart is not one that helm can read and render.',
    remedy: 'Run helm lint and helm template on the chart, correct it and subscribe again.',
    chainCode: 10_101,
  },
  ChartTooLarge: {
    family: 'terminal',
    summary: 'The chart, or what it renders to, is larger than this provider allows.',
    remedy: 'Leave data, images and unused subcharts out of the chart.',
    chainCode: 10_102,
  },
  ChartValuesInvalid: {
    family: 'terminal',
    summary: 'The values do not fit the chart.',
    remedy: 'Correct the values the message names; helm template shows the same error.',
    chainCode: 10_103,
  },
  ChartForbiddenKind: {
    family: 'terminal',
    summary:
      'The chart holds an object that a tenant may not have: cluster-scoped, in another namespace, or of a kind this provider does not serve.',
    remedy:
      'Switch the object off by the values of the chart, or use another chart. docs/helm.md lists what is served.',
    chainCode: 10_104,
  },
  ChartForbiddenField: {
    family: 'terminal',
    summary: 'An object of the chart asks for something no tenant may have.',
    remedy: 'Remove the field the message names, or use another chart. docs/helm.md lists what is refused and why.',
    chainCode: 10_105,
  },
  ReleaseTooLarge: {
    family: 'terminal',
    summary: 'Helm keeps a release in one Secret, and chart, values and manifest together do not fit in one.',
    remedy: 'Leave large files out of the chart.',
    chainCode: 10_106,
  },
  ChartDigestMismatch: {
    family: 'terminal',
    summary: 'The chart received is not the one whose digest the descriptor names.',
    remedy: 'Correct the digest, or have the repository publish the original chart again.',
    chainCode: 10_107,
  },
  RepositoryForbidden: {
    family: 'terminal',
    summary: 'The chart is at a host this provider does not fetch from.',
    remedy: 'Publish the chart at a public https address that the provider allows, or carry it in the descriptor.',
    chainCode: 10_108,
  },
  ReleaseRejected: {
    family: 'terminal',
    summary: "The API server refuses an object of the chart, or the tenant's rights or quota do not allow it.",
    remedy: 'Correct what the message names and update the subscription.',
    chainCode: 10_109,
  },
  RepositoryUnreachable: {
    family: 'retryable',
    summary: 'The chart repository or registry does not answer, or not in a way that can be understood.',
    remedy: 'Nothing to do if it is brief; otherwise check the address and the network policy of the operator.',
  },
  ReleaseFailed: {
    family: 'retryable',
    summary: 'Helm ended with an error that may pass.',
    remedy: 'See the message; the operator tries again.',
  },
  HelmUnavailable: {
    family: 'retryable',
    summary: 'The helm command cannot be started, or is not a version the operator works with.',
    remedy: 'Install helm 4 and name it by the flag for the helm command.',
  },
  HelmTimeout: {
    family: 'retryable',
    summary: 'A helm command took longer than it may and was ended.',
    remedy: 'Nothing to do if it is rare; otherwise look at the load of the API server and of the operator.',
  },
  NamespaceTerminating: {
    family: 'retryable',
    summary: 'The namespace of the tenure is still being removed.',
    remedy: 'Look for objects with finalizers in it when it lasts: kubectl get namespace -o yaml names them.',
  },
  // CloudStack
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
    summary: 'CloudStack refused the API key or the signature.',
    remedy: 'Check the keys in the Secret of the Reactor, and the clocks of both machines.',
  },
  CloudStackForbidden: {
    family: 'retryable',
    summary: 'The CloudStack account may not do this.',
    remedy: 'Grant the role the API named in the message; docs/cloudstack.md has the whole list.',
  },
  CloudStackRateLimited: {
    family: 'retryable',
    summary: 'CloudStack asked for fewer calls.',
    remedy: 'Nothing to do; raise api.throttling.max, or lower limits.callsPerSecond of the Reactor, if it lasts.',
  },
  CloudStackFailed: {
    family: 'retryable',
    summary: 'CloudStack failed to do it.',
    remedy: 'Look into the log of the management server for the call or job named in the message.',
  },
  CloudStackNoCapacity: {
    family: 'retryable',
    summary: 'CloudStack has no host, address or storage free for it.',
    remedy: 'Add capacity, or lower the capacity of the Offer.',
    chainCode: 10_200,
  },
  CloudStackLimitReached: {
    family: 'retryable',
    summary: 'The CloudStack account has used up what it may use.',
    remedy: 'Raise the limit of the account named in the message, or lower the capacity of the Offer.',
    chainCode: 10_201,
  },
  CloudStackRejected: {
    family: 'terminal',
    summary: 'CloudStack found a parameter wrong.',
    remedy: 'Correct what the message names in the Reactor or in the descriptor.',
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
    summary:
      'The VM is destroyed, but the account may not expunge it: its disk and its name stay until CloudStack does.',
    remedy: 'Set allow.user.expunge.recover.vm to true, or wait for expunge.delay.',
  },
  CloudStackNotOurs: {
    family: 'refused',
    summary: 'Something in CloudStack has the name of this tenure and is not marked as ours.',
    remedy: 'Rename or remove what the message names, or give it back its marker.',
  },
  VmDescriptorInvalid: {
    family: 'terminal',
    summary: 'The VM descriptor contradicts itself or asks for something no VM can have.',
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
    summary: 'The provider cannot connect a VM in that way.',
    remedy: 'Leave out the field named in the message, or choose another provider.',
    chainCode: 10_213,
  },
  VmUserDataTooLarge: {
    family: 'terminal',
    summary: 'The user-data does not fit into a VM, even compressed.',
    remedy: 'Fetch large parts from inside the VM instead.',
    chainCode: 10_214,
  },
  ComposeInvalid: {
    family: 'terminal',
    summary: 'The compose file of the descriptor is not one.',
    remedy: 'Run docker compose config on the file, correct it and subscribe again.',
    chainCode: 10_220,
  },
  ComposeUnsupported: {
    family: 'terminal',
    summary: 'The compose file needs something that a new VM does not have.',
    remedy: 'Change what the message names and subscribe again. docs/compose.md lists what cannot be had, and why.',
    chainCode: 10_221,
  },
  VmChangeRefused: {
    family: 'refused',
    summary: 'The change would need a new VM, or would lose data.',
    remedy: 'Take the change back, or cancel and subscribe again.',
  },
  VmRestartNeeded: {
    family: 'refused',
    summary: 'The VM differs from its order, and only a restart would mend it.',
    remedy: 'Set restart of the Reactor to Always, or stop and start the VM when it suits.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A key of the catalogue. */
export type Reason = keyof typeof catalogue;

/** The reasons of one family: raising one under another family's type does not compile. */
export type ReasonOf<F extends CatalogueEntry['family']> = {
  [R in Reason]: (typeof catalogue)[R]['family'] extends F ? R : never;
}[Reason];
