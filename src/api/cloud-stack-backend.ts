import { type Static, Type } from 'typebox';
import { ABSENT, localRef, present, type Rule, rules, url } from './fields.ts';
import type { DeepReadonly } from './resource.ts';

/** A name or an id of something in CloudStack. */
function nameOrId(description: string) {
  return Type.String({ minLength: 1, maxLength: 255, description });
}

function atLeastOne(description: string, maximum = 1_000_000) {
  return Type.Integer({ format: 'int32', minimum: 1, maximum, description });
}

const sizes = Type.Array(
  Type.Object({
    cpu: atLeastOne('CPUs in it.', 1024),
    memoryMiB: atLeastOne('Memory in it, in MiB.', 16_777_216),
    offering: nameOrId('Name or id of the service offering.'),
  }),
  {
    maxItems: 64,
    'x-kubernetes-list-type': 'atomic',
    description: 'The sizes offered. An order gets the smallest one that satisfies it.',
  },
);

const customSize = Type.Object(
  {
    offering: nameOrId('Name or id of the service offering.'),
    maxCpu: atLeastOne('Maximum CPUs of a VM.', 1024),
    maxMemoryMiB: atLeastOne('Maximum memory of a VM, in MiB.', 16_777_216),
    cpuSpeedMHz: Type.Optional(
      atLeastOne('MHz for each CPU: needed by fully customised offerings, forbidden by constrained ones.', 100_000),
    ),
  },
  { description: 'A customised service offering, for orders that no fixed size fits exactly.' },
);

const images = Type.Array(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 63, description: 'Name by which consumers request it.' }),
    template: nameOrId('Name or id of the template.'),
  }),
  {
    minItems: 1,
    maxItems: 64,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description: 'The images consumers can name.',
  },
);

/** `fields` of the network belong to one mode only. */
function onlyIn(mode: 'Isolated' | 'Shared', ...fields: readonly string[]): readonly Rule[] {
  return fields.map((field) => ({
    rule: `self.mode == '${mode}' || !has(self.${field})`,
    message: `${field} is only for mode ${mode}`,
    fieldPath: `.${field}`,
  }));
}

/** How VMs are connected: a union here, a flat object with `oneOf` and rules in the schema: structural schemas have no unions. */
type Network =
  | { mode: 'Isolated'; offering?: string; publicAccess?: 'PortForwarding' | 'StaticNat' }
  | { mode: 'Shared'; network: string; securityGroups?: boolean };

const network = Type.Unsafe<Network>(
  Type.Object(
    {
      mode: Type.Enum(['Isolated', 'Shared'], {
        description: '`Isolated`: a network of its own for each tenure. `Shared`: one network for all.',
      }),
      offering: Type.Optional(
        nameOrId("With `Isolated`: name or id of the network offering. Default: CloudStack's own, with source NAT."),
      ),
      publicAccess: Type.Optional(
        Type.Enum(['PortForwarding', 'StaticNat'], {
          description:
            "With `Isolated`: by the network's own public address, or by one more for the VM. Default: `PortForwarding`.",
        }),
      ),
      network: Type.Optional(nameOrId('With `Shared`: name or id of the network.')),
      securityGroups: Type.Optional(
        Type.Boolean({
          description:
            "With `Shared`: whether a security group guards each VM. Without, the network's own rules decide, and orders that restrict ports or egress are declined. Default: true.",
        }),
      ),
    },
    {
      description: 'How VMs are connected.',
      oneOf: [
        { properties: { mode: { pattern: '^Isolated$' }, network: ABSENT, securityGroups: ABSENT } },
        {
          properties: { mode: { pattern: '^Shared$' }, offering: ABSENT, publicAccess: ABSENT },
          ...present('network'),
        },
      ],
      ...rules(
        {
          rule: "self.mode != 'Shared' || has(self.network)",
          message: 'network is required with mode Shared: the name or id of the network',
          fieldPath: '.network',
          reason: 'FieldValueRequired',
        },
        ...onlyIn('Shared', 'network', 'securityGroups'),
        ...onlyIn('Isolated', 'offering', 'publicAccess'),
      ),
    },
  ),
);

const dataDisks = Type.Object(
  {
    offering: nameOrId('Name or id of the disk offering. It must be customised: the size comes from the order.'),
    maxGiB: Type.Optional(atLeastOne('Largest single disk, in GiB. Default: 1000.')),
  },
  { description: 'How data disks are created. Without it, orders with data disks are declined.' },
);

const limits = Type.Object(
  {
    concurrency: Type.Optional(atLeastOne('Calls in flight at once. Default: 8.', 64)),
    callsPerSecond: Type.Optional(atLeastOne('Calls started in a second. Default: 20.', 1000)),
    timeoutMs: Type.Optional(
      atLeastOne('Timeout of one call, in milliseconds: shorter than a reconcile. Default: 30000.', 45_000),
    ),
  },
  { description: 'Limits on the use of the API.' },
);

/** Virtual machines in Apache CloudStack: the configuration of the reactor and the reference to its keys. */
export const cloudStackBackend = Type.Object(
  {
    endpoint: url(['http', 'https'], 'URL of the API, for instance `https://cloud.example.org/client/api`.'),
    credentialsSecretRef: localRef('Secret with the keys `apiKey` and `secretKey`.'),
    zones: Type.Array(nameOrId('Name or id.'), {
      minItems: 1,
      maxItems: 16,
      'x-kubernetes-list-type': 'set',
      description: 'Names or ids of the zones VMs are made in, in order of preference.',
    }),
    sizes,
    customSize: Type.Optional(customSize),
    images,
    network,
    dataDisks: Type.Optional(dataDisks),
    maxRootDiskGiB: Type.Optional(atLeastOne('Largest root disk a consumer may ask for, in GiB. Default: 100.')),
    project: Type.Optional(nameOrId('Id of the project everything is made in. Default: none, the account itself.')),
    expunge: Type.Optional(
      Type.Boolean({
        description:
          'Whether destroyed VMs are expunged at once. Default: true, which the account must be allowed to. Otherwise a VM keeps its disk and its name until CloudStack expunges it.',
      }),
    ),
    expungeDelaySeconds: Type.Optional(
      atLeastOne(
        "CloudStack's global setting `expunge.delay`, which an account cannot read: how long a destroyed VM is kept where it may not be expunged at once. Only for saying when that ends. Default: 86400.",
        31_536_000,
      ),
    ),
    restart: Type.Optional(
      Type.Enum(['Ordered', 'Always', 'Never'], {
        description:
          'Whether a VM may be restarted to match the order. `Ordered`: only when the consumer changed the order. `Always`: also to undo what somebody else changed. Default: `Ordered`.',
      }),
    ),
    caBundle: Type.Optional(
      Type.String({
        maxLength: 65_536,
        description: "PEM certificates to trust instead of the system's, for an endpoint with a private CA.",
      }),
    ),
    consoleUrl: Type.Optional(
      Type.String({
        maxLength: 512,
        description: "Where a person looks at the VM; `{id}` is replaced. Default: CloudStack's UI at the endpoint.",
      }),
    ),
    limits: Type.Optional(limits),
  },
  {
    description: 'Virtual machines in Apache CloudStack. Names or ids may be given wherever CloudStack has both.',
    not: { properties: { sizes: { items: ABSENT }, customSize: ABSENT } },
    ...rules({
      rule: 'self.sizes.size() > 0 || has(self.customSize)',
      message: 'sizes must have at least one size, unless customSize is given',
      fieldPath: '.sizes',
    }),
  },
);

/** A provider's configuration of its cloud, without credentials. The schema above is its only definition. */
export type CloudStackConfig = DeepReadonly<Omit<Static<typeof cloudStackBackend>, 'credentialsSecretRef'>>;
