import type { ObjectRef } from '../../base/kube-object.ts';
import type { KubeObject } from '../client/resource-type.ts';

/** What happened to an object, for `kubectl describe`. */
export interface EventNote {
  /** Warning is for what somebody should look at. */
  readonly type: 'Normal' | 'Warning';
  /** A word of the catalogue. */
  readonly reason: string;
  /** What we were doing, one CamelCase word: `Create`, `Teardown`. */
  readonly action: string;
  /** One sentence, cut at 1 KiB. Never a secret. */
  readonly note: string;
}

/** The same note on the same object, once or many times: one Event with a count. Times are wall-clock milliseconds. */
export interface EventSeries {
  readonly ref: ObjectRef & { readonly namespace: string };
  readonly regarding: Pick<KubeObject, 'apiVersion' | 'kind'> & {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly note: EventNote;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  /** The count the API server knows; 0 before the Event is made. */
  written: number;
  /** When its count may be written next, on the monotonic clock. */
  writeAt: number;
  /** Writes that failed in a row. */
  failures: number;
}

/** The API server's limit for notes, in bytes. */
const MAX_NOTE_BYTES = 1_024;
/** Longest first part of an Event's name; names may have 253 characters. */
const MAX_NAME = 200;

/** A new series of a note. `id` makes its name unique: 1 to 50 lower-case letters and digits. */
export function newSeries(regarding: KubeObject, note: EventNote, id: string, at: number): EventSeries {
  const { name, namespace, uid, resourceVersion } = regarding.metadata;
  return {
    // Events of cluster-scoped objects are in `default`, where kubectl looks for them.
    ref: { namespace: namespace ?? 'default', name: `${name.slice(0, MAX_NAME).replace(/[^a-z0-9]+$/, '')}.${id}` },
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
    },
    note: { ...note, note: cutToBytes(note.note, MAX_NOTE_BYTES) },
    firstAt: at,
    lastAt: at,
    count: 1,
    written: 0,
    writeAt: 0,
    failures: 0,
  };
}

/** Equal for notes that belong to one series. */
export function seriesKey(regarding: KubeObject, { type, reason, action, note }: EventNote): string {
  return JSON.stringify([regarding.metadata.uid, type, reason, action, note]);
}

/** At most `max` bytes of UTF-8, cut between characters, `…` at the end when cut. */
export function cutToBytes(text: string, max: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= max) return text;
  let end = max - Buffer.byteLength('…');
  // A byte 10xxxxxx is not the first of its character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}…`;
}
