import { randomUUID } from 'node:crypto';
import type {
  Account,
  Address,
  AffinityGroup,
  DiskOffering,
  Host,
  InstanceGroup,
  Job,
  KeyPair,
  Network,
  NetworkOffering,
  Row,
  Rule,
  SecurityGroup,
  ServiceOffering,
  Snapshot,
  Tag,
  Template,
  User,
  Vm,
  Volume,
  Zone,
} from './rows.ts';

/** The kinds of rows, by table. */
export interface Kinds {
  zones: Zone;
  hosts: Host;
  serviceOfferings: ServiceOffering;
  diskOfferings: DiskOffering;
  networkOfferings: NetworkOffering;
  templates: Template;
  accounts: Account;
  users: User;
  networks: Network;
  addresses: Address;
  rules: Rule;
  vms: Vm;
  volumes: Volume;
  snapshots: Snapshot;
  keyPairs: KeyPair;
  affinityGroups: AffinityGroup;
  securityGroups: SecurityGroup;
  instanceGroups: InstanceGroup;
  tags: Tag;
  jobs: Job;
}

const tableNames = [
  'zones',
  'hosts',
  'serviceOfferings',
  'diskOfferings',
  'networkOfferings',
  'templates',
  'accounts',
  'users',
  'networks',
  'addresses',
  'rules',
  'vms',
  'volumes',
  'snapshots',
  'keyPairs',
  'affinityGroups',
  'securityGroups',
  'instanceGroups',
  'tags',
  'jobs',
] as const satisfies readonly (keyof Kinds)[];

/** Rows of one kind, by id. Iteration is in order of making. */
export class Table<T extends Row> {
  readonly #rows = new Map<string, T>();
  readonly #bySeq = new Map<number, T>();
  #nextSeq = 1;

  /** Adds a row; `id` and `seq` are given unless brought along. */
  add(row: Omit<T, 'id' | 'seq'> & { id?: string; seq?: number }): T {
    const seq = row.seq ?? this.#nextSeq;
    const made = { ...row, id: row.id ?? randomUUID(), seq } as T;
    this.#nextSeq = Math.max(this.#nextSeq, seq + 1);
    this.#rows.set(made.id, made);
    this.#bySeq.set(seq, made);
    return made;
  }

  /** The number the next row gets. */
  startAt(seq: number): void {
    this.#nextSeq = Math.max(this.#nextSeq, seq);
  }

  /** The row of an id, even if removed. UUIDs are case-insensitive. */
  get(id: string): T | undefined {
    return this.#rows.get(id) ?? this.#rows.get(id.toLowerCase());
  }

  /** The row of a database number: CloudStack still accepts these instead of UUIDs. */
  bySeq(seq: number): T | undefined {
    return this.#bySeq.get(seq);
  }

  /** The row of an id we put somewhere ourselves. */
  must(id: string): T {
    const row = this.get(id);
    if (row === undefined) throw new Error(`the simulator lost the row ${id}`);
    return row;
  }

  /** Deletes the row: its id is unknown from now on. */
  drop(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    this.#bySeq.delete(row.seq);
  }

  /** Rows that are there, in order of making. */
  *live(): Generator<T> {
    for (const row of this.#rows.values()) if (row.removed === undefined) yield row;
  }

  filter(test: (row: T) => boolean): T[] {
    return [...this.live()].filter(test);
  }

  find(test: (row: T) => boolean): T | undefined {
    for (const row of this.live()) if (test(row)) return row;
    return undefined;
  }

  toJSON(): { nextSeq: number; rows: T[] } {
    return { nextSeq: this.#nextSeq, rows: [...this.#rows.values()] };
  }

  load({ nextSeq, rows }: { nextSeq: number; rows: T[] }): void {
    for (const row of rows) this.add(row);
    this.#nextSeq = nextSeq;
  }
}

/** Settings of the management server, by CloudStack's own names. Values are strings, as there. */
export type Settings = Record<string, string>;

/** The whole simulated cloud: the contents of its database. */
export class World {
  readonly tables: { readonly [K in keyof Kinds]: Table<Kinds[K]> };
  readonly settings: Settings = {
    'allow.user.expunge.recover.vm': 'false',
    'api.throttling.enabled': 'false',
    'api.throttling.interval': '1',
    'api.throttling.max': '25',
    'default.page.size': '500',
    'enforce.post.requests.and.timestamps': 'false',
    'expunge.delay': '86400',
    'vm.userdata.max.length': '32768',
  };

  constructor() {
    const tables: Partial<Record<keyof Kinds, unknown>> = {};
    for (const name of tableNames) tables[name] = new Table();
    this.tables = tables as World['tables'];
  }

  setting(name: string): string {
    return this.settings[name] ?? '';
  }

  toJSON(): object {
    return { version: 1, settings: this.settings, tables: this.tables };
  }

  /** Restores what `toJSON` wrote. Throws for anything else. */
  load(saved: unknown): void {
    const state = saved as { version?: number; settings?: Settings; tables?: Record<string, unknown> } | null;
    if (state?.version !== 1 || state.tables === undefined) throw new Error('this is not a state of the simulator');
    Object.assign(this.settings, state.settings);
    for (const name of tableNames) this.tables[name].load(state.tables[name] as never);
  }
}
