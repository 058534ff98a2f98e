const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Fields with values specific to the recorded server: their presence is compared, their value is not. */
const volatile = new Set([
  'macaddress',
  'zonetoken',
  'gputotal',
  'privatekey',
  'physicalsize',
  'url',
  'managementserverid',
  'roleid',
  'receivedbytes',
  'sentbytes',
  'fingerprint',
  'checksum',
  'datastore',
  'token',
  'readonlydetails',
  'websocket',
]);

/** Fields that the server adds to a row a minute or so later, and fields that were trimmed from the recording. */
const passing = new Set([
  'cpuused',
  'networkkbsread',
  'networkkbswrite',
  'diskkbsread',
  'diskkbswrite',
  'memorykbs',
  'memoryintfreekbs',
  'memorytargetkbs',
  'diskioread',
  'diskiowrite',
  'receivedbytes',
  'sentbytes',
  'capability',
  'bootmode',
  'boottype',
  'gpudisplay',
  // Whether a NIC that is down shows its VLAN depends on the history of its network.
  'isolationuri',
  'broadcasturi',
]);

/** Maps the simulator's ids to the recorded ones. */
export class IdPairs {
  readonly #simulated = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  /** Pairs two ids. False if either is paired with another one already. */
  pair(recorded: string, simulated: string): boolean {
    const known = this.#simulated.get(recorded);
    if (known !== undefined) return known === simulated;
    if (this.#recorded.has(simulated)) return false;
    this.#simulated.set(recorded, simulated);
    this.#recorded.set(simulated, recorded);
    return true;
  }

  /** A recorded text with the simulator's ids in it. */
  translate(text: string): string {
    return text.replaceAll(UUID, (id) => this.#simulated.get(id.toLowerCase()) ?? id);
  }

  knows(recorded: string): boolean {
    return this.#simulated.has(recorded.toLowerCase());
  }
}

/** The differences of two answers; empty if they are equal. Ids that appear for the first time are paired. */
export function differences(recorded: unknown, simulated: unknown, ids: IdPairs, path = ''): string[] {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (volatile.has(name))
    return recorded === undefined || simulated === undefined
      ? [`${path}: ${preview(recorded)} / ${preview(simulated)}`]
      : [];
  if (Array.isArray(recorded) && Array.isArray(simulated)) {
    // The server returns services in no particular order.
    const sorted = (list: unknown[]) =>
      name === 'service' ? list.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) : list;
    return ofLists(sorted(recorded), sorted(simulated), ids, path);
  }
  if (isObject(recorded) && isObject(simulated)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(simulated)]);
    return [...keys].flatMap((key) => {
      if (passing.has(key)) return [];
      if (!(key in recorded)) return [`${path}.${key}: only simulated`];
      if (!(key in simulated)) return [`${path}.${key}: missing`];
      return differences(recorded[key], simulated[key], ids, `${path}.${key}`);
    });
  }
  if (typeof recorded === 'string' && typeof simulated === 'string') return ofTexts(recorded, simulated, ids, path);
  return recorded === simulated ? [] : [`${path}: ${preview(recorded)} / ${preview(simulated)}`];
}

function ofLists(recorded: readonly unknown[], simulated: readonly unknown[], ids: IdPairs, path: string): string[] {
  if (recorded.length !== simulated.length) return [`${path}: ${recorded.length} entries / ${simulated.length}`];
  return recorded.flatMap((entry, index) => differences(entry, simulated[index], ids, `${path}[${index}]`));
}

function ofTexts(recorded: string, simulated: string, ids: IdPairs, path: string): string[] {
  const ours = simulated.match(UUID) ?? [];
  const theirs = recorded.match(UUID) ?? [];
  // A text may contain an id that is random on every call, as texts of refusals do.
  const random = path.endsWith('errortext');
  const paired =
    theirs.length === ours.length &&
    theirs.every((id, index) => random || ids.pair(id.toLowerCase(), ours[index] ?? ''));
  if (paired && neutral(recorded) === neutral(simulated)) return [];
  return [`${path}: ${preview(recorded)} / ${preview(simulated)}`];
}

/** A text without the parts that differ between runs: ids, times, addresses and database numbers. */
function neutral(text: string): string {
  return text
    .replaceAll(UUID, '<id>')
    .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+0000/g, '<time>')
    .replaceAll(/\b(\d{1,3}\.){3}\d{1,3}\b/g, '<ip>')
    .replaceAll(/_\d{14}\b/g, '_<time>')
    .replaceAll(/(ROOT|DATA)-\d+/g, '$1-<n>')
    .replaceAll(/\bi-\d+-\d+-[A-Z]+/g, '<instance>')
    .replaceAll(/("(?:id|instanceId|volumeId|networkId|dataCenterId|networkofferingid)": ?)\d+/g, '$1<n>')
    .replaceAll(/job id=\d+/g, 'job id=<n>')
    .replaceAll(/\bid ?[=[]? ?\[?\d+/gi, 'id <n>')
    .replaceAll(/after \[\d+\] ms/g, 'after [<n>] ms')
    .replaceAll(/(Amount|Limit|Reservation) = (\([^)]*\) )?-?\d+/g, '$1 = <n>');
}

function nameOf(value: unknown): string {
  return isObject(value) ? String(value['name']) : '';
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function preview(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 160);
}
