import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of the API server and of the controller runtime. */
export const kubeReasons = {
  ClusterUnreachable: {
    family: 'retryable',
    summary: 'The Kubernetes API server does not answer, or its reply was cut off.',
    remedy: 'Check the API server and the network path to it; the operator keeps trying and touches nothing meanwhile.',
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
    needsPerson: true,
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
    summary: 'An object of that name already exists in the cluster.',
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
    summary: 'The response is not one an API server sends: something else answered, or it was corrupted in transit.',
    remedy: 'Check the server address and any proxy in front of it.',
  },
  ClusterReplyTooLarge: {
    family: 'retryable',
    summary: 'The response of the API server is larger than the operator accepts.',
    remedy: 'Look for objects of unusual size in the list the message names.',
  },
  KubeconfigInvalid: {
    family: 'terminal',
    summary: 'The kubeconfig cannot be read or lacks a cluster, and no in-cluster service account is mounted.',
    remedy: 'Give --kubeconfig or KUBECONFIG the path of a working kubeconfig.',
  },
  ReconcileTimeout: {
    family: 'retryable',
    summary: 'A reconcile did not finish before its deadline.',
    remedy: 'Nothing to do if it is rare; otherwise a backend is slow: see the log for what it was waiting for.',
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof kubeReasons> {}
}
