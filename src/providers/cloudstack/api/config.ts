/**
 * What a provider says about its cloud: the `cloudStack` part of a Reactor resource. Names or ids may be given wherever
 * CloudStack has both; a name that two things share is refused. Credentials are passed separately.
 */
export interface CloudStackConfig {
  /** URL of the API, e.g. `https://cloud.example.org/client/api`. */
  readonly endpoint: string;
  /** Names or ids of the zones VMs are made in, in order of preference. At least one. */
  readonly zones: readonly string[];
  /** The sizes offered. An order gets the smallest one that has at least what it asks for. */
  readonly sizes: readonly Size[];
  /** For orders no fixed size fits exactly: a customised service offering. */
  readonly customSize?: CustomSize;
  /** The images consumers can name. */
  readonly images: readonly Image[];
  /** How VMs are connected. */
  readonly network: NetworkConfig;
  /** How data disks are made; without it orders with data disks are declined. */
  readonly dataDisks?: DataDisks;
  /** Largest root disk in GiB a consumer may ask for. Defaults to 100. */
  readonly maxRootDiskGiB?: number;
  /** Id of the project everything is made in. Defaults to the account itself. */
  readonly project?: string;
  /**
   * Whether destroyed VMs are expunged at once. Defaults to true, which needs an admin or
   * `allow.user.expunge.recover.vm`; without it a VM keeps its disk and its name until CloudStack expunges it.
   */
  readonly expunge?: boolean;
  /**
   * Whether a VM may be restarted to make it what was ordered: `Ordered` (the default) only when the consumer changed
   * the order, `Always` also to undo what somebody else changed, `Never` not at all.
   */
  readonly restart?: 'Ordered' | 'Always' | 'Never';
  /** PEM certificates to trust instead of the system's, for an endpoint with a CA of its own. */
  readonly caBundle?: string;
  /** Where a person looks at the VM; `{id}` is replaced. Defaults to the CloudStack UI at the endpoint's origin. */
  readonly consoleUrl?: string;
  /** How hard the endpoint may be used. */
  readonly limits?: CallLimits;
}

/** A fixed service offering and what is in it. */
export interface Size {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Name or id of the service offering. */
  readonly offering: string;
}

/** A customised service offering and its bounds. */
export interface CustomSize {
  /** Name or id of the service offering. */
  readonly offering: string;
  readonly maxCpu: number;
  readonly maxMemoryMiB: number;
  /** MHz for each CPU; needed by fully customised offerings, forbidden by constrained ones. */
  readonly cpuSpeedMHz?: number;
}

/** A name for consumers and the template behind it. */
export interface Image {
  readonly name: string;
  /** Name or id of the template. */
  readonly template: string;
}

/** Data disks: a customised disk offering and its bound. */
export interface DataDisks {
  /** Name or id of the disk offering; it must be customised (the size comes from the order). */
  readonly offering: string;
  /** Largest single disk in GiB. Defaults to 1,000. */
  readonly maxGiB?: number;
}

/**
 * `Isolated`: a network of its own for each tenure, ports by forwarding or static NAT on a public address of its own.
 * `Shared`: one network for all, ports by a security group for each tenure where the network has security groups.
 */
export type NetworkConfig =
  | {
      readonly mode: 'Isolated';
      /** Name or id of the network offering. Defaults to CloudStack's own isolated one with source NAT. */
      readonly offering?: string;
      /**
       * `PortForwarding` (the default) uses the network's source NAT address; `StaticNat` gives the VM an address of
       * its own, and needs one more public address for each tenure.
       */
      readonly publicAccess?: 'PortForwarding' | 'StaticNat';
    }
  | {
      readonly mode: 'Shared';
      /** Name or id of the network. */
      readonly network: string;
      /** Whether a security group guards each VM. Without it the network's own rules decide, and orders that restrict
       * ports or egress are declined. Defaults to true. */
      readonly securityGroups?: boolean;
    };

/** Defaults are for a shared management server of ordinary size. */
export interface CallLimits {
  /** Calls in flight at once. Defaults to 8. */
  readonly concurrency?: number;
  /** Calls started per second. Defaults to 20, below CloudStack's own default limit of 25. */
  readonly callsPerSecond?: number;
  /** Milliseconds one call may take. Defaults to 30,000. */
  readonly timeoutMs?: number;
}

/** The API key pair of the account. Never logged, never in an error. */
export interface CloudStackCredentials {
  readonly apiKey: string;
  readonly secretKey: string;
}
