import type { ContentRef } from '../../base/content-ref.ts';
import { cidOf } from './content-hash.ts';
import type { Answer, ContentSource } from './content-source.ts';

/** The media type of a raw block: the gateway interprets nothing, and we verify the bytes. */
const RAW_BLOCK = 'application/vnd.ipld.raw';
/** A gateway may redirect only within its own domain (e.g. to a host for each CID). */
const MAX_REDIRECTS = 2;

/**
 * A trustless IPFS gateway as a source of content. `url` is its root, `deadlineMs` the time limit of an answer (default
 * 10 seconds). It is not trusted: its answers are bounded here and verified by the caller.
 */
export function ipfsGateway(url: string, deadlineMs = 10_000): ContentSource {
  const root = new URL(url.endsWith('/') ? url : `${url}/`);
  return {
    name: root.host,
    kind: 'Ipfs',
    async ask(ref: ContentRef, signal: AbortSignal): Promise<Answer> {
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const path = `ipfs/${cidOf(ref.hash)}?format=raw`;
        return await get(root, new URL(path, root), ref.length, AbortSignal.any([signal, deadline]));
      } catch (error) {
        signal.throwIfAborted();
        const late = `gave no complete answer within ${deadlineMs / 1000} s`;
        return { kind: 'Unreachable', detail: deadline.aborted ? late : `failed: ${reasonOf(error)}` };
      }
    },
  };
}

async function get(root: URL, first: URL, length: number, signal: AbortSignal): Promise<Answer> {
  let at = first;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(at, { headers: { accept: RAW_BLOCK }, redirect: 'manual', signal });
    if (response.status === 200) return await readBody(response, length);
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return { kind: 'Missing' };
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      return { kind: 'Unreachable', detail: `answered ${response.status}` };
    }
    const next = new URL(location, at);
    if (!isOwn(root, next)) return { kind: 'Unreachable', detail: `redirects to ${next.host}, outside its own domain` };
    if (redirects === MAX_REDIRECTS)
      return { kind: 'Unreachable', detail: `redirects more than ${MAX_REDIRECTS} times` };
    at = next;
  }
}

/** True for the same host or a subdomain, with the same port and a protocol that is not less secure. */
function isOwn(root: URL, next: URL): boolean {
  const sameHost = next.hostname === root.hostname || next.hostname.endsWith(`.${root.hostname}`);
  return sameHost && next.port === root.port && next.protocol === root.protocol;
}

/** Reads at most one byte more than expected: enough to know that the body is wrong. */
async function readBody(response: Response, length: number): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop cancels the body.
    if (size > length) break;
  }
  return { kind: 'Bytes', bytes: Buffer.concat(chunks).subarray(0, length + 1) };
}

/** The message of a failed fetch is only `fetch failed`; its cause has the reason. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
