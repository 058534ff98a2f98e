import type { FamiliesOf, Reasons } from '../../errors/catalogue.ts';

/** Reasons of charts, repositories, releases and helm itself. */
export const helmReasons = {
  NotOurs: {
    family: 'refused',
    summary: 'Something of the name this tenure would have already exists and does not carry its marker.',
    remedy: 'Remove or rename it. The operator touches nothing that it did not make.',
  },
  ChartPending: {
    family: 'retryable',
    summary: 'The chart is still being fetched and rendered.',
    remedy: 'Nothing to do if it is brief; otherwise the repository is slow.',
    chainCode: 10_112,
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
    chainCode: 10_110,
  },
  ReleaseFailed: {
    family: 'retryable',
    summary: 'Helm ended with an error that may pass.',
    remedy: 'See the message; the operator tries again.',
  },
  HelmUnavailable: {
    family: 'retryable',
    needsPerson: true,
    summary: 'The helm command cannot be started, or is not a version the operator works with.',
    remedy: 'Install helm 4 and name it by the flag for the helm command.',
  },
  HelmTimeout: {
    family: 'retryable',
    summary: 'A helm command took longer than it may and was ended.',
    remedy: 'Nothing to do if it is rare; otherwise look at the load of the API server and of the operator.',
    chainCode: 10_111,
  },
  NamespaceTerminating: {
    family: 'retryable',
    summary: 'The namespace of the tenure is still being removed.',
    remedy: 'Look for objects with finalizers in it when it lasts: kubectl get namespace -o yaml names them.',
  },
} as const satisfies Reasons;

declare module '../../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof helmReasons> {}
}
