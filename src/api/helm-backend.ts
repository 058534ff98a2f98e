import { Type } from 'typebox';
import { form, objectName, rules } from './fields.ts';

/** The characters of a quantity. Whether it is valid is decided by `isQuantity`. */
const QUANTITY = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?';

/** Quantities by the name of a resource: `{cpu: 500m, memory: 1Gi}`. */
function quantities(description: string, emptyAllowed = false) {
  const empty = emptyAllowed ? "self == '' || " : '';
  return Type.Unsafe<Readonly<Record<string, string>>>(
    Type.Object(
      {},
      {
        maxProperties: 32,
        additionalProperties: Type.String({
          maxLength: 32,
          pattern: emptyAllowed ? `^(${QUANTITY})?$` : `^(${QUANTITY})$`,
          ...rules({
            rule: `${empty}isQuantity(self)`,
            message: 'must be a quantity, for instance 500m or 2Gi',
          }),
        }),
        description,
      },
    ),
  );
}

const network = Type.Object(
  {
    ingress: Type.Optional(
      Type.Enum(['None', 'Anywhere'], {
        description: "Who may connect to the tenant's pods from outside the namespace. Default: `None`.",
      }),
    ),
    egress: Type.Optional(
      Type.Enum(['None', 'Internet', 'Anywhere'], {
        description: "What the tenant's pods may connect to. `Internet` leaves private ranges out. Default: `None`.",
      }),
    ),
    allowEgressTo: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 64,
          pattern: '^[0-9A-Fa-f.:]+/[0-9]{1,3}$',
          ...rules({ rule: 'isCIDR(self)', message: 'must be a range in CIDR notation, for instance 10.0.0.0/8' }),
        }),
        {
          maxItems: 32,
          'x-kubernetes-list-type': 'set',
          description: "Further ranges the tenant's pods may connect to, in CIDR notation. Default: none.",
        },
      ),
    ),
    denyEgressTo: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 64,
          ...rules({ rule: 'isCIDR(self)', message: 'must be a range in CIDR notation, for instance 198.51.100.0/24' }),
        }),
        {
          maxItems: 32,
          'x-kubernetes-list-type': 'set',
          description:
            "The provider's own public ranges, in CIDR notation, which `Internet` leaves out as it does private ones. Default: none.",
        },
      ),
    ),
  },
  { description: 'What the network policy of each namespace lets through, beside DNS and traffic within it.' },
);

/** Names that tenants may use beside those everybody has. */
function names(description: string) {
  return Type.Optional(
    Type.Array(
      Type.String({
        maxLength: 253,
        ...form('[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?', 'must be a name, for instance gvisor or example.org/gpu'),
      }),
      { maxItems: 16, 'x-kubernetes-list-type': 'set', description },
    ),
  );
}

const allowed = Type.Object(
  {
    runtimeClasses: names('RuntimeClasses that pods may name. Default: none.'),
    priorityClasses: names(
      "PriorityClasses that pods may name. The cluster's global default class, if it has one, has to be among them. Default: none.",
    ),
    tolerations: names('Keys of taints that pods may tolerate. Default: none.'),
    nodeLabels: names(
      'Labels of nodes that pods may select by, beside architecture, operating system, zone and region. Default: none.',
    ),
    resources: names('Resources of containers beside cpu, memory and ephemeral-storage. Default: none.'),
    annotations: names(
      'First parts of annotation keys, for instance `cert-manager.io`, beside those of Kubernetes and helm. Default: none.',
    ),
  },
  { description: "What tenants' objects may name that belongs to the provider." },
);

const HOST = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?';

const charts = Type.Object(
  {
    hosts: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 253,
          ...form(`([*][.])?${HOST}`, 'must be a host, for instance charts.example.org or *.example.org'),
        }),
        {
          maxItems: 64,
          'x-kubernetes-list-type': 'set',
          description:
            'Hosts charts may come from, `charts.example.org` or `*.example.org`. Default: any with a public address.',
        },
      ),
    ),
    plainHttpHosts: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 253,
          ...form(HOST, 'must be a host, for instance charts.example.org or charts.example.org:8080'),
        }),
        {
          maxItems: 64,
          'x-kubernetes-list-type': 'set',
          description: 'Hosts spoken to in plain http, `host` or `host:port`. Default: none, https only.',
        },
      ),
    ),
    privateAddresses: Type.Optional(
      Type.Boolean({ description: 'Hosts with private, loopback or link-local addresses, too. Default: false.' }),
    ),
  },
  { description: 'Where charts may be fetched from. A chart carried by the descriptor is always allowed.' },
);

const extraKind = Type.Object({
  apiVersion: Type.String({ minLength: 1, maxLength: 317, description: 'Group and version, for instance `batch/v1`.' }),
  kind: Type.String({ minLength: 1, maxLength: 63, description: 'The kind, for instance `CronJob`.' }),
  plural: Type.String({ minLength: 1, maxLength: 63, description: 'Its name in URLs, for instance `cronjobs`.' }),
});

/** Helm releases: the HelmConfig of src/providers. */
export const helmBackend = Type.Object(
  {
    podSecurity: Type.Optional(
      Type.Enum(['restricted', 'baseline', 'privileged'], {
        description: 'Pod security standard that the namespaces enforce. Default: `restricted`.',
      }),
    ),
    quota: Type.Optional(
      quantities(
        "Hard limits of each tenant's ResourceQuota, laid over the defaults of docs/helm.md; an empty string takes one away.",
        true,
      ),
    ),
    containerDefaults: Type.Optional(
      Type.Object(
        {
          requests: Type.Optional(
            quantities('What is requested. Default: 100m CPU, 128Mi memory, 100Mi ephemeral storage.'),
          ),
          limits: Type.Optional(quantities('What is allowed. Default: 1 CPU, 1Gi memory, 2Gi ephemeral storage.')),
        },
        { description: 'Requests and limits of containers that state none.' },
      ),
    ),
    network: Type.Optional(network),
    allowed: Type.Optional(allowed),
    charts: Type.Optional(charts),
    extraKinds: Type.Optional(
      Type.Array(extraKind, {
        maxItems: 64,
        'x-kubernetes-list-type': 'atomic',
        description: 'Namespaced kinds a chart may hold beside the ones every tenant may have. Default: none.',
      }),
    ),
    tenantClusterRole: Type.Optional(
      objectName(
        "ClusterRole with what a tenant's chart may do in its own namespace. With it the operator needs no more than the right to bind that one role. Default: a Role made in each namespace.",
      ),
    ),
    nodeAddress: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'Address under which node ports can be reached. Default: they are not reported as endpoints.',
      }),
    ),
  },
  { description: 'Helm releases in this cluster, in a namespace for each tenure.' },
);
