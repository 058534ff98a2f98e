import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { ReleaseRecord } from '../release/release-record.ts';
import type { ApiObject } from './cluster.ts';

interface Verdict {
  /** What was compared: the object's spec and the manifest, by the versions the API server gives them. */
  readonly of: string;
  readonly at: number;
}

interface Corrections {
  readonly since: number;
  readonly count: number;
}

const MAX_OBJECTS = 50_000;
/** What somebody else keeps changing back is put right this often in an hour, and then left to him. */
const CORRECTIONS = 3;
const CONTEST_MS = 3_600_000;

/**
 * Remembers which objects were found to be as their chart has them. Comparing costs the API server a dry run, and at
 * rest nothing changes: an object is compared again when its generation or its release has changed, and now and then
 * for what no generation counts, such as labels.
 */
export class DriftMemory {
  private readonly now: () => number;
  private readonly againAfterMs: number;
  private readonly sound = new BoundedCache<Verdict>(MAX_OBJECTS);
  private readonly corrections = new BoundedCache<Corrections>(MAX_OBJECTS);

  constructor(now: () => number, againAfterMs: number) {
    this.now = now;
    this.againAfterMs = againAfterMs;
  }

  /** The first field that has drifted; `compare` is asked only when that is not known already. */
  async judge(
    live: ApiObject,
    release: ReleaseRecord | undefined,
    compare: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const { uid, generation, resourceVersion } = live.metadata;
    const of = `${generation ?? resourceVersion}/${release?.revision}/${release?.secret.uid}`;
    const known = this.sound.get(uid);
    if (known?.of === of && this.now() - known.at < this.againAfterMs) return undefined;
    const at = this.now();
    const drift = await compare();
    if (drift === undefined) this.sound.set(uid, { of, at });
    return drift === undefined || this.isContested(uid, drift) ? undefined : drift;
  }

  /** To be told of each field that is about to be put right. */
  correcting({ metadata }: ApiObject, field: string): void {
    const key = `${metadata.uid}/${field}`;
    const known = this.corrections.get(key);
    const isSameContest = known !== undefined && this.now() - known.since < CONTEST_MS;
    this.corrections.set(key, isSameContest ? { ...known, count: known.count + 1 } : { since: this.now(), count: 1 });
  }

  private isContested(uid: string, field: string): boolean {
    const known = this.corrections.get(`${uid}/${field}`);
    return known !== undefined && known.count >= CORRECTIONS && this.now() - known.since < CONTEST_MS;
  }
}
