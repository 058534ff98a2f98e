import { type TObject, type TSchema, Type } from 'typebox';

/** A name of an object: an RFC 1123 subdomain. */
const name = (description: string, byDefault = '') =>
  Type.String({ maxLength: 253, pattern: '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$', default: byDefault, description });
const text = (description: string, byDefault = '') => Type.String({ default: byDefault, description });
const flag = (description: string, byDefault: boolean) => Type.Boolean({ default: byDefault, description });
const whole = (description: string, byDefault: number, minimum: number, maximum: number) =>
  Type.Integer({ default: byDefault, minimum, maximum, description });
/** What Kubernetes or one of our kinds describes itself: passed through as it is. */
const passed = (description: string) => Type.Object({}, { default: {}, additionalProperties: true, description });
const list = (description: string, items: TSchema, byDefault: readonly unknown[] = []) =>
  Type.Array(items, { default: [...byDefault], description });
const group = <T extends Record<string, TSchema>>(description: string, fields: T): TObject<T> =>
  Type.Object(fields, { description, additionalProperties: false });

const image = group('The image of the operator. A digest wins over a tag.', {
  repository: text('Where it is.', 'ghcr.io/dinfra/dinfra-operator'),
  digest: Type.String({
    default: '',
    pattern: '^(sha256:[0-9a-f]{64})?$',
    description: '`sha256:…`, as the release notes have it. Recommended.',
  }),
  tag: text("Default: the chart's appVersion."),
  pullPolicy: Type.Enum(['IfNotPresent', 'Always', 'Never'], { default: 'IfNotPresent', description: 'When to pull.' }),
  pullSecrets: list('Names of Secrets to pull with.', name('')),
});

const provider = group('A Provider made by this release. Leave `accountSecret` empty to make Providers yourself.', {
  name: name('Its name. Default: the name of the release.'),
  accountSecret: name('Name of the Secret that holds the account, in the namespace of the release.'),
  accountSecretKey: text('The key in it.', 'suri'),
  accessKeySecret: name('Name of the Secret with the ed25519 access key. Default: derived from the account.'),
  endpoints: list(
    'WebSocket URLs of nodes of the chain, at most five.',
    Type.String({ pattern: '^wss?://[^@]+$', maxLength: 512 }),
  ),
  genesisHash: Type.String({
    default: '',
    pattern: '^(0x[0-9a-f]{64})?$',
    description: 'Refuse nodes of any other chain. Recommended.',
  }),
  displayName: text('Name shown to consumers.'),
  url: text('Page about the provider.'),
  paused: flag('Take no new awards.', false),
  spec: passed('Further fields of the Provider, as docs/resources/provider.md has them.'),
});

const reactors = group('The backends. Each one that is enabled brings its rights, and no others.', {
  helm: group('Helm releases in this cluster.', {
    enabled: flag('Make the Reactor, and bind the ClusterRole it needs.', false),
    name: name('Name of the Reactor.', 'cluster'),
    spec: passed('`spec.helm` of the Reactor, as docs/resources/reactor.md has it.'),
  }),
  cloudStack: group('Virtual machines in Apache CloudStack. Needs no right in the cluster but for our own kinds.', {
    enabled: flag('Make the Reactor.', false),
    name: name('Name of the Reactor.', 'cloud'),
    endpoint: text('URL of the API.'),
    credentialsSecret: name('Name of the Secret with `apiKey` and `secretKey`.'),
    spec: passed('Further fields of `spec.cloudStack`: zones, sizes, images, network, …'),
  }),
});

const offer = Type.Object(
  {
    name: name('Name of the Offer.'),
    descriptorType: Type.String({ minLength: 1, maxLength: 64 }),
    reactor: Type.String({ minLength: 1, maxLength: 253 }),
    pricePerBlock: Type.String({ pattern: '^(0|[1-9][0-9]{0,38})$' }),
    capacity: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
  },
  { additionalProperties: false, required: ['name', 'descriptorType', 'reactor', 'pricePerBlock', 'capacity'] },
);

/**
 * The values of the chart: the one source of values.yaml, values.schema.json and the table of its README. Unknown keys
 * are refused everywhere but in the parts that Kubernetes or our kinds check themselves.
 */
export const values = group('Values of the chart dinfra-operator.', {
  nameOverride: name('Instead of the name of the chart, in names.'),
  fullnameOverride: name('Instead of release and chart, in names.'),
  image,
  replicas: whole(
    'Two, so that one can take over: only the holder of a Lease works. None, and a process outside of the cluster can take their place.',
    2,
    0,
    10,
  ),
  provider,
  reactors,
  offers: list('Offers made by this release: `{name, descriptorType, reactor, pricePerBlock, capacity}`.', offer),
  customResources: group('How the Provider, the Reactors and the Offers of this release are applied.', {
    asHooks: flag(
      'As hooks of helm 4, which alone can apply a kind and an object of it in one step, and which stay after an uninstall. False for Argo CD, and for helm 3 with the definitions installed before.',
      true,
    ),
  }),
  operator: group('How the operator works.', {
    concurrency: whole('Deployments worked on at once.', 10, 1, 1000),
    helmConcurrency: whole('helm processes at once.', 8, 1, 64),
    resyncSeconds: whole('How often what rests, and each backend, is looked at again.', 60, 1, 86_400),
    logLevel: Type.Enum(['debug', 'info', 'warn', 'error'], { default: 'info', description: 'Least level logged.' }),
    traces: group('Traces of tenures, for an OpenTelemetry collector. None without an endpoint.', {
      endpoint: Type.String({
        default: '',
        pattern: '^(https?://[^@\\s]+)?$',
        description: 'Where the collector takes OTLP over HTTP, for instance `http://otel-collector.observe:4318`.',
      }),
      headersSecret: name('Name of a Secret with headers in its key `headers`: `name=value,…`. Default: no headers.'),
    }),
    extraArgs: list(
      'Further arguments, as docs/operations.md has them. Never a secret: arguments can be read.',
      Type.String(),
    ),
  }),
  crds: group('The custom resource definitions. They stay when the release is uninstalled.', {
    enabled: flag('Install and upgrade them with this release. False when another release in the cluster does.', true),
    annotations: passed('Further annotations on them.'),
  }),
  rbac: group('Rights of the operator, and of people.', {
    create: flag('Make roles and bindings.', true),
    helmReactor: flag('Bind the role of Helm reactors, for Reactors that are not made by this release.', false),
    secretNames: list(
      'Further Secrets the operator may read by name: those of Providers and Reactors that are not made by this release.',
      Type.String({ minLength: 1, maxLength: 253 }),
    ),
    aggregateToUserRoles: flag('Let view, edit and admin see and change our kinds.', true),
  }),
  serviceAccount: group('The account of the operator.', {
    create: flag('Make it.', true),
    name: name('Its name. Default: the full name.'),
    annotations: passed('Annotations on it.'),
  }),
  admissionPolicy: group('A ValidatingAdmissionPolicy that holds the account to namespaces of its own making.', {
    enabled: flag('Install it.', true),
  }),
  networkPolicy: group('What the pods of the operator may connect to.', {
    enabled: flag('Install it.', true),
    apiServerPorts: list('Ports of the API server.', Type.Integer({ minimum: 1, maximum: 65_535 }), [443, 6443]),
    chainPorts: list('Ports of chain endpoints.', Type.Integer({ minimum: 1, maximum: 65_535 }), [443, 9944]),
    backendPorts: list(
      'Ports of CloudStack, chart repositories and gateways.',
      Type.Integer({ minimum: 1, maximum: 65_535 }),
      [443, 80, 8080],
    ),
    extraEgress: list('Further egress rules, as in a NetworkPolicy.', passed('')),
    metricsFrom: list('Who may read metrics, as `from` in a NetworkPolicy. Empty: anybody in the cluster.', passed('')),
  }),
  service: group('A Service for the metrics.', {
    enabled: flag('Make it.', true),
    port: whole('Its port.', 8080, 1, 65_535),
    annotations: passed('Annotations on it.'),
  }),
  serviceMonitor: group("A ServiceMonitor. Needs the Prometheus operator's kinds.", {
    enabled: flag('Make it.', false),
    interval: text('How often to scrape.', '30s'),
    labels: passed('Labels your Prometheus selects by.'),
  }),
  podMonitor: group('A PodMonitor instead: it sees standbys, too.', {
    enabled: flag('Make it.', false),
    interval: text('How often to scrape.', '30s'),
    labels: passed('Labels your Prometheus selects by.'),
  }),
  prometheusRule: group('Alerts, as a PrometheusRule.', {
    enabled: flag('Make it.', false),
    accountLow: Type.Number({
      minimum: 0,
      default: 1,
      description: 'Balance, in whole units of the chain, below which an account that signs is low.',
    }),
    labels: passed('Labels your Prometheus selects by.'),
  }),
  dashboards: group('Grafana dashboards, as ConfigMaps.', {
    enabled: flag('Make them.', false),
    label: text('Label that your Grafana looks for.', 'grafana_dashboard'),
    labelValue: text('Its value.', '1'),
    annotations: passed('Annotations, for instance of a folder.'),
  }),
  argocd: group('What Argo CD needs to know of our kinds.', {
    healthConfigMap: flag('A ConfigMap with health checks and actions, to be merged into argocd-cm.', false),
  }),
  podDisruptionBudget: group('Keeps one replica when nodes are drained.', {
    enabled: flag('Make it when there is more than one replica.', true),
    maxUnavailable: whole('Replicas that may be away at once.', 1, 1, 10),
  }),
  priorityClassName: name('PriorityClass of the pods. What is not running earns nothing: give it one above tenants.'),
  terminationGracePeriodSeconds: whole(
    'Longer than the slowest stop: what is under way is finished first.',
    60,
    35,
    3600,
  ),
  resources: Type.Object(
    {},
    {
      additionalProperties: true,
      default: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      description: 'Requests and limits of the operator.',
    },
  ),
  topologySpread: flag('Spread the replicas over nodes.', true),
  podAnnotations: passed('Annotations on the pods.'),
  podLabels: passed('Labels on the pods.'),
  nodeSelector: passed('Nodes to run on.'),
  tolerations: list('Taints to tolerate.', passed('')),
  affinity: passed('Affinity of the pods.'),
});
