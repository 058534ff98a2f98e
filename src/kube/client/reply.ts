import { RetryableError } from '../../errors/dinfra-error.ts';
import type { HttpRequest } from './transport.ts';

/**
 * The JSON object in a reply.
 *
 * @throws RetryableError ClusterUndecodable when it is no JSON object, as from a proxy or a login page.
 */
export function parseReply(http: HttpRequest, body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, without the body: it may hold a Secret.
  }
  throw new RetryableError('ClusterUndecodable', {
    message: `cannot ${http.attempt}: the reply of ${body.length} bytes is no JSON object`,
  });
}
