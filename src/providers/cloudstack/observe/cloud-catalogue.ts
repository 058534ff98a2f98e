import type { Clock } from '../../../base/clock.ts';
import { abortable } from '../../../base/deadline.ts';
import type { ReasonOf } from '../../../errors/catalogue.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from '../api/client.ts';
import { integer, type JsonObject, truth } from '../api/reply.ts';
import { id, type Network, networkOf, objects, words } from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';

/** How long offerings are cached, in milliseconds. */
const FRESH_MS = 60_000;
/** How long the remaining limits of the account are cached, in milliseconds: many awards at once cause one call. */
const ACCOUNT_FRESH_MS = 3_000;
/** Time limit of a lookup, in milliseconds. */
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
  /** In bytes; undefined if the list omits it. */
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

/** The offerings of the cloud, cached for a minute: a thousand orders cause one call. */
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

  /** A template that this account may deploy in the zone. */
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

  /** An existing network. */
  async sharedNetwork(wanted: string, scope: Parameters, signal: AbortSignal): Promise<Network> {
    const rows = await this.#rows('listNetworks', scope, signal);
    return networkOf(only(rows, wanted, 'CloudStackNetworkUnknown', 'network'));
  }

  /** Whether this account may expunge destroyed VMs. */
  async mayExpunge(signal: AbortSignal): Promise<boolean> {
    const [row] = await this.#rows('listCapabilities', {}, signal);
    return truth(row?.['allowuserexpungerecovervm']);
  }

  /** The account or project with its remaining limits; undefined if the role does not allow the call. */
  async account(project: string | undefined, signal: AbortSignal): Promise<JsonObject | undefined> {
    const [command, parameters]: [string, Parameters] =
      project === undefined ? ['listAccounts', {}] : ['listProjects', { id: project }];
    const [row] = await abortable(this.#shared(command, parameters, ACCOUNT_FRESH_MS), signal);
    return row;
  }

  /** Clears the cache, because CloudStack refused something that was looked up. */
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
    // Shared by many callers, so it must not abort with the first of them.
    const rows = this.#ask(command, parameters, AbortSignal.timeout(LOOKUP_DEADLINE_MS));
    this.#known.set(key, { at: now, rows });
    // Failures are not cached.
    rows.catch(() => {
      if (this.#known.get(key)?.rows === rows) this.#known.delete(key);
    });
    return rows;
  }

  async #ask(command: string, parameters: Parameters, signal: AbortSignal): Promise<readonly JsonObject[]> {
    if (command === 'listAccounts' || command === 'listProjects') {
      const reply = await this.#client.attempt(command, parameters, signal);
      // A role without this command can still deploy; the deploy itself then reports a missing limit.
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

/** The one row with this id or name. Names are not unique: two rows of one name are an error, never a guess. */
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
