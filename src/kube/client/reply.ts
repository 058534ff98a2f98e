import { RetryableError } from '../../errors/dinfra-error.ts';
import type { HttpRequest } from './transport.ts';

/**
 * Parses a response body as a JSON object.
 *
 * @throws RetryableError ClusterUndecodable when it is not one, as from a proxy or a login page.
 */
export function parseReply(http: HttpRequest, body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below without the body, which may contain a Secret.
  }
  throw new RetryableError('ClusterUndecodable', {
    message: `cannot ${http.attempt}: the response of ${body.length} bytes is not a JSON object`,
  });
}
