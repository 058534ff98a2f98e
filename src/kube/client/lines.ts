import { RetryableError } from '../../errors/dinfra-error.ts';

const NEWLINE = 0x0a;

/**
 * Splits a byte stream into lines, without the line endings. Bytes after the last line ending are an incomplete line
 * and are passed to `onRest`.
 *
 * @throws RetryableError ClusterReplyTooLarge when a line is longer than `maxBytes`.
 */
export async function* lines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  onRest: (rest: Buffer) => void,
): AsyncGenerator<Buffer, void, void> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE, from); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, end);
      from = end + 1;
      if (size + last.length > maxBytes) throw tooLong(maxBytes);
      // Split bytes and decode whole lines: a chunk may end in the middle of a character.
      const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      size = 0;
      if (line.length > 0) yield line;
    }
    const rest = chunk.subarray(from);
    if (rest.length === 0) continue;
    size += rest.length;
    if (size > maxBytes) throw tooLong(maxBytes);
    parts.push(rest);
  }
  if (size > 0) onRest(Buffer.concat(parts));
}

function tooLong(maxBytes: number): RetryableError {
  return new RetryableError('ClusterReplyTooLarge', {
    message: `a line from the API server is longer than ${maxBytes} bytes`,
  });
}
