/** What the simulated cloud is made of. One row is one thing CloudStack gives an id to; rows are changed in place. */
export interface Row {
  /** The UUID clients see. */
  id: string;
  /** The number CloudStack's database would give it; it leaks into error texts and names like `i-2-7-VM`. */
  seq: number;
  /** Unix milliseconds. */
  created: number;
  /** Set when it is gone but its UUID is still known: lists answer `{}` where an unknown UUID is 431. */
  removed?: number;
}

export interface Zone extends Row {
  name: string;
  networkType: 'Advanced' | 'Basic';
  securityGroups: boolean;
  enabled: boolean;
}

export interface Host extends Row {
  name: string;
  zone: string;
  pod: string;
  cpuMHz: number;
  memoryMiB: number;
  enabled: boolean;
}

export interface ServiceOffering extends Row {
  name: string;
  displayText: string;
  /** Zero where the deployer chooses. */
  cpu: number;
  cpuSpeed: number;
  memoryMiB: number;
  customized: boolean;
  /** Of constrained customised offerings: what may be chosen. */
  bounds?: { minCpu: number; maxCpu: number; minMemoryMiB: number; maxMemoryMiB: number };
  active: boolean;
  diskOffering: string;
}

export interface DiskOffering extends Row {
  name: string;
  displayText: string;
  /** GiB; zero for customised ones. */
  sizeGiB: number;
  customized: boolean;
}

export interface NetworkOffering extends Row {
  name: string;
  displayText: string;
  guestType: 'Isolated' | 'Shared' | 'L2';
  sourceNat: boolean;
  isDefault: boolean;
  specifyVlan: boolean;
  egressAllowed: boolean;
  forVpc: boolean;
  availability: string;
}

export interface Template extends Row {
  name: string;
  displayText: string;
  account: string;
  public: boolean;
  featured: boolean;
  ready: boolean;
  sizeBytes: number;
  format: string;
  type: string;
  hypervisor: string;
  osType: string;
  osName: string;
  checksum?: string;
}

/** Limits by CloudStack's resource type number; -1 is none. */
export type Limits = Record<string, number>;

export interface Account extends Row {
  name: string;
  role: 'User' | 'Admin';
  limits: Limits;
  /** Commands the role may not call, beyond what its kind forbids. */
  forbidden: string[];
  /** Commands of a custom role; without one the account may call whatever is not for admins. */
  allowed?: string[];
}

export interface User extends Row {
  account: string;
  name: string;
  firstName: string;
  lastName: string;
  email: string;
  apiKey: string;
  secretKey: string;
  password: string;
  enabled: boolean;
}

export interface Network extends Row {
  name: string;
  displayText: string;
  zone: string;
  account: string;
  offering: string;
  type: 'Isolated' | 'Shared' | 'L2';
  state: 'Allocated' | 'Implemented' | 'Setup';
  gateway: string;
  netmask: string;
  cidr: string;
  vlan: number;
  securityGroups: boolean;
  domain?: string;
  nextHost: number;
  nextMac: number;
}

export interface Address extends Row {
  ip: string;
  zone: string;
  allocated?: number;
  account?: string;
  network?: string;
  sourceNat: boolean;
  staticNatVm?: string;
  staticNatIp?: string;
}

export interface Rule extends Row {
  purpose: 'Firewall' | 'PortForwarding';
  traffic: 'Ingress' | 'Egress';
  network: string;
  address?: string;
  protocol: string;
  startPort?: number;
  endPort?: number;
  privateStart?: number;
  privateEnd?: number;
  cidrs: string[];
  destCidrs: string[];
  icmpType?: number;
  icmpCode?: number;
  vm?: string;
  account: string;
}

export interface Nic {
  id: string;
  seq: number;
  network: string;
  ip?: string;
  mac: string;
  isDefault: boolean;
  device: number;
  /** Whether the network behind it is up: it shows its VLAN only then. */
  wired: boolean;
  secondary: { id: string; ip: string }[];
}

export type VmState =
  | 'Starting'
  | 'Running'
  | 'Stopping'
  | 'Stopped'
  | 'Destroyed'
  | 'Expunging'
  | 'Migrating'
  | 'Error'
  | 'Unknown'
  | 'Shutdown';

export interface Vm extends Row {
  name: string;
  displayName: string;
  account: string;
  user: string;
  zone: string;
  host?: string;
  template: string;
  offering: string;
  /** Of the data disk it was deployed with. */
  diskOffering?: string;
  cpu: number;
  cpuSpeed: number;
  memoryMiB: number;
  customized: boolean;
  state: VmState;
  lastUpdated?: number;
  everStarted: boolean;
  nics: Nic[];
  keyPairs: string[];
  /** The key's text, kept even when the pair is deleted. */
  sshPublicKey?: string;
  userData?: string;
  details: Record<string, string>;
  affinityGroups: string[];
  securityGroups: string[];
  group?: string;
  deleteProtection: boolean;
}

export interface Volume extends Row {
  name: string;
  zone: string;
  account: string;
  type: 'ROOT' | 'DATADISK';
  sizeBytes: number;
  state: 'Allocated' | 'Ready' | 'Destroy' | 'Expunged';
  vm?: string;
  device?: number;
  attached?: number;
  diskOffering?: string;
  template?: string;
  snapshot?: string;
}

export interface Snapshot extends Row {
  name: string;
  volume: string;
  account: string;
  state: 'Allocated' | 'BackedUp' | 'Destroyed' | 'Error';
  sizeBytes: number;
}

export interface KeyPair extends Row {
  name: string;
  account: string;
  fingerprint: string;
  publicKey: string;
}

export interface AffinityGroup extends Row {
  name: string;
  type: string;
  description?: string;
  account: string;
}

export interface SecurityGroup extends Row {
  name: string;
  description?: string;
  account: string;
  rules: SecurityGroupRule[];
}

export interface SecurityGroupRule {
  id: string;
  direction: 'Ingress' | 'Egress';
  protocol: string;
  startPort?: number;
  endPort?: number;
  icmpType?: number;
  icmpCode?: number;
  cidr: string;
}

export interface InstanceGroup extends Row {
  name: string;
  account: string;
}

export interface Tag extends Row {
  key: string;
  value: string;
  resourceType: string;
  resource: string;
  account: string;
}

export interface Job extends Row {
  command: string;
  account: string;
  user: string;
  status: 0 | 1 | 2;
  resultCode: number;
  result?: { [key: string]: unknown };
  instanceType?: string;
  instance?: string;
  completed?: number;
}
