import type { Readable } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { apiError } from './api-error.ts';
import { parseApiStatus } from './api-status.ts';
import { lines } from './lines.ts';
import type { KubeObject } from './resource-type.ts';
import { type HttpRequest, unreachable } from './transport.ts';

/** One line of a watch. */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Nothing else has changed up to this version: where to resume. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** The API server accepts objects of up to 3 MiB. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/**
 * The events of an open watch. Ends when the server closes it normally (after timeoutSeconds).
 *
 * @throws RetryableError ClusterExpired when the server says that the version is too old; ClusterUnreachable when the
 *   stream is cut or silent until `inactivity`; ClusterUndecodable for a line that is not an event.
 */
export async function* watchEvents<T extends KubeObject>(
  http: HttpRequest,
  body: Readable,
  inactivity: Deadline,
): AsyncGenerator<WatchEvent<T>, void, void> {
  let cutOff = false;
  const onRest = () => {
    cutOff = true;
  };
  for await (const line of lines(chunksOf(http, body, inactivity), MAX_LINE_BYTES, onRest)) {
    yield parseEvent(http, line);
  }
  if (cutOff) {
    throw new RetryableError('ClusterUnreachable', { message: `cannot ${http.attempt}: the response was cut off` });
  }
}

async function* chunksOf(http: HttpRequest, body: Readable, inactivity: Deadline): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      inactivity.restart();
      yield chunk;
    }
  } catch (cause) {
    throw unreachable(http, 'the API server', cause, inactivity.signal);
  }
}

function parseEvent<T extends KubeObject>(http: HttpRequest, line: Buffer): WatchEvent<T> {
  const event = parseJson(http, line);
  const { type, object } = event as { type?: unknown; object?: unknown };
  if (type === 'ERROR') {
    const status = parseApiStatus(500, JSON.stringify(object ?? {}));
    throw apiError(http.attempt, status);
  }
  const metadata = (object as { metadata?: { name?: unknown; resourceVersion?: unknown } } | undefined)?.metadata;
  const resourceVersion = metadata?.resourceVersion;
  if (typeof resourceVersion === 'string' && resourceVersion !== '') {
    if (type === 'BOOKMARK') return { type, resourceVersion };
    if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && typeof metadata?.name === 'string') {
      return { type, object: object as T };
    }
  }
  throw undecodable(http, `a line that is not a watch event (type ${JSON.stringify(type)?.slice(0, 40)})`);
}

function parseJson(http: HttpRequest, line: Buffer): object {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Reported below without the content, which may contain a Secret.
  }
  throw undecodable(http, `a line of ${line.length} bytes that is not a JSON object`);
}

function undecodable(http: HttpRequest, what: string): RetryableError {
  return new RetryableError('ClusterUndecodable', { message: `cannot ${http.attempt}: the server sent ${what}` });
}
