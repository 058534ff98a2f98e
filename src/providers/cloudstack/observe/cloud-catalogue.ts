import type { Clock } from '../../../base/clock.ts';
import { abortable } from '../../../base/deadline.ts';
import type { ReasonOf } from '../../../errors/catalogue.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from '../api/client.ts';
import { integer, type JsonObject, truth } from '../api/reply.ts';
import { id, type Network, networkOf, objects, words } from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';

/** How long what the cloud offers is taken to be as it was, in milliseconds. */
const FRESH_MS = 60_000;
/** The same for what the account has left: many awards at once ask once. */
const ACCOUNT_FRESH_MS = 3_000;
/** Longest time one lookup may take, in milliseconds. */
const LOOKUP_DEADLINE_MS = 60_000;

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface ZoneEntry extends Named {
  readonly enabled: boolean;
  readonly securityGroups: boolean;
}

export interface ServiceOfferingEntry extends Named {
  readonly customized: boolean;
  readonly cpu: number;
  readonly memoryMiB: number;
}

export interface TemplateEntry extends Named {
  /** Bytes; undefined when the list does not say. */
  readonly sizeBytes: number | undefined;
}

export interface DiskOfferingEntry extends Named {
  readonly customized: boolean;
}

export interface NetworkOfferingEntry extends Named {
  readonly guestType: string;
  readonly egressAllowed: boolean;
  readonly services: ReadonlySet<string>;
}

/** What the cloud offers, remembered for a minute: a thousand orders ask once. */
export class CloudCatalogue {
  readonly #client: CloudStackClient;
  readonly #clock: Clock;
  readonly #known = new Map<string, { at: number; rows: Promise<readonly JsonObject[]> }>();

  constructor(client: CloudStackClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async zone(wanted: string, signal: AbortSignal): Promise<ZoneEntry> {
    const rows = await this.#rows('listZones', {}, signal);
    const zone = only(rows, wanted, 'CloudStackZoneUnknown', 'zone');
    const entry = {
      ...named(zone),
      enabled: words(zone['allocationstate']) !== 'Disabled',
      securityGroups: truth(zone['securitygroupsenabled']),
    };
    if (entry.enabled) return entry;
    throw new TerminalError('CloudStackZoneUnknown', { message: `the zone "${wanted}" is disabled` });
  }

  async serviceOffering(wanted: string, signal: AbortSignal): Promise<ServiceOfferingEntry> {
    const rows = await this.#rows('listServiceOfferings', {}, signal);
    const row = only(rows, wanted, 'CloudStackOfferingUnknown', 'service offering');
    return {
      ...named(row),
      customized: truth(row['iscustomized']),
      cpu: integer(row['cpunumber']) ?? 0,
      memoryMiB: integer(row['memory']) ?? 0,
    };
  }

  /** A template this account may deploy from in the zone. */
  async template(wanted: string, zone: string, signal: AbortSignal): Promise<TemplateEntry> {
    const rows = await this.#rows('listTemplates', { templatefilter: 'executable', zoneid: zone }, signal);
    const row = only(rows, wanted, 'CloudStackTemplateUnknown', 'template');
    if (truth(row['isready'])) return { ...named(row), sizeBytes: integer(row['size']) };
    throw new TerminalError('CloudStackTemplateUnknown', {
      message: `the template "${wanted}" is not ready in the zone`,
    });
  }

  async diskOffering(wanted: string, signal: AbortSignal): Promise<DiskOfferingEntry> {
    const rows = await this.#rows('listDiskOfferings', {}, signal);
    const row = only(rows, wanted, 'CloudStackOfferingUnknown', 'disk offering');
    return { ...named(row), customized: truth(row['iscustomized']) };
  }

  async networkOffering(wanted: string, signal: AbortSignal): Promise<NetworkOfferingEntry> {
    const rows = await this.#rows('listNetworkOfferings', { state: 'Enabled' }, signal);
    const row = only(rows, wanted, 'CloudStackOfferingUnknown', 'network offering');
    return {
      ...named(row),
      guestType: words(row['guestiptype']),
      egressAllowed: truth(row['egressdefaultpolicy']),
      services: new Set(objects(row['service']).map((service) => words(service['name']))),
    };
  }

  /** A network that is there already. */
  async sharedNetwork(wanted: string, scope: Parameters, signal: AbortSignal): Promise<Network> {
    const rows = await this.#rows('listNetworks', scope, signal);
    return networkOf(only(rows, wanted, 'CloudStackNetworkUnknown', 'network'));
  }

  /** Whether destroyed VMs may be expunged by this account. */
  async mayExpunge(signal: AbortSignal): Promise<boolean> {
    const [row] = await this.#rows('listCapabilities', {}, signal);
    return truth(row?.['allowuserexpungerecovervm']);
  }

  /** The account, or the project, with what it has left; undefined when the role does not allow to ask. */
  async account(project: string | undefined, signal: AbortSignal): Promise<JsonObject | undefined> {
    const [command, parameters]: [string, Parameters] =
      project === undefined ? ['listAccounts', {}] : ['listProjects', { id: project }];
    const [row] = await abortable(this.#shared(command, parameters, ACCOUNT_FRESH_MS), signal);
    return row;
  }

  /** Forgets everything: CloudStack does not take what was looked up. */
  forget(): void {
    this.#known.clear();
  }

  async #rows(command: string, parameters: Parameters, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return abortable(this.#shared(command, parameters), signal);
  }

  #shared(command: string, parameters: Parameters, freshMs = FRESH_MS): Promise<readonly JsonObject[]> {
    const key = JSON.stringify([command, parameters]);
    const now = this.#clock.monotonic();
    const known = this.#known.get(key);
    if (known !== undefined && now - known.at < freshMs) return known.rows;
    // Shared by many callers: it must not end with the one that happened to come first.
    const rows = this.#ask(command, parameters, AbortSignal.timeout(LOOKUP_DEADLINE_MS));
    this.#known.set(key, { at: now, rows });
    // A failure is not remembered.
    rows.catch(() => {
      if (this.#known.get(key)?.rows === rows) this.#known.delete(key);
    });
    return rows;
  }

  async #ask(command: string, parameters: Parameters, signal: AbortSignal): Promise<readonly JsonObject[]> {
    if (command === 'listAccounts' || command === 'listProjects') {
      const reply = await this.#client.attempt(command, parameters, signal);
      // A role without this command can still deploy; the deploy itself will say.
      return reply.kind === 'Failed' ? [] : Object.values(reply.body).flatMap(objects);
    }
    if (command !== 'listCapabilities') return this.#client.list(command, parameters, signal);
    const body = await this.#client.call(command, parameters, signal);
    const capability = body['capability'];
    return typeof capability === 'object' && capability !== null ? [capability as JsonObject] : [];
  }
}

function named(row: JsonObject): Named {
  return { id: id(row, 'row'), name: words(row['name']) };
}

/** The one row with this id or name. Names are no keys: two of them are refused, not guessed between. */
function only(rows: readonly JsonObject[], wanted: string, reason: ReasonOf<'terminal'>, what: string): JsonObject {
  const byId = rows.find((row) => row['id'] === wanted);
  if (byId !== undefined) return byId;
  const byName = new Map(rows.filter((row) => row['name'] === wanted).map((row) => [words(row['id']), row]));
  const [found] = byName.values();
  if (found !== undefined && byName.size === 1) return found;
  const problem =
    byName.size === 0 ? `has no ${what} "${wanted}"` : `has ${byName.size} ${what}s named "${wanted}"; give the id`;
  throw new TerminalError(reason, { message: `CloudStack ${problem}` });
}
