import type { ObjectRef } from '../../base/kube-object.ts';
import type { KubeObject } from '../client/resource-type.ts';

/** What happened to an object, for `kubectl describe`. */
export interface EventNote {
  /** Warning: somebody should look at it. */
  readonly type: 'Normal' | 'Warning';
  /** A catalogue reason. */
  readonly reason: string;
  /** The action taken, one CamelCase word: `Create`, `Teardown`. */
  readonly action: string;
  /** One sentence, truncated at 1 KiB. Never a secret. */
  readonly note: string;
}

/** Occurrences of one note on one object: a single Event with a count. Times are wall-clock milliseconds. */
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
  /** The count last written; 0 before the Event is created. */
  written: number;
  /** When the count may next be written, on the monotonic clock. */
  writeAt: number;
  /** Consecutive failed writes. */
  failures: number;
}

/** The API server's limit for notes, in bytes. */
const MAX_NOTE_BYTES = 1_024;
/** Longest prefix of an Event's name; a whole name may have 253 characters. */
const MAX_NAME = 200;

/** Starts a series. `id` makes the Event's name unique: 1 to 50 lower-case letters and digits. */
export function newSeries(regarding: KubeObject, note: EventNote, id: string, at: number): EventSeries {
  const { name, namespace, uid, resourceVersion } = regarding.metadata;
  return {
    // Events about cluster-scoped objects go to `default`, where kubectl looks for them.
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

/** Notes with equal keys belong to one series. */
export function seriesKey(regarding: KubeObject, { type, reason, action, note }: EventNote): string {
  return JSON.stringify([regarding.metadata.uid, type, reason, action, note]);
}

/** Truncates to at most `max` bytes of UTF-8, between characters, ending in `…` when truncated. */
export function cutToBytes(text: string, max: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= max) return text;
  let end = max - Buffer.byteLength('…');
  // A byte 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}…`;
}
