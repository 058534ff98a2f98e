import { expect, test } from 'vitest';
import { FrameSplitter, textFrame } from './support/websocket-frames.ts';

const HANDSHAKE = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n');
const texts = ['', 'short', 'x'.repeat(126), 'y'.repeat(70_000)];

test('WebSocket text messages of every length are parsed whole, however their bytes arrive', () => {
  const bytes = Buffer.concat([HANDSHAKE, ...texts.map(textFrame)]);
  for (const size of [1, 7, 100_000]) {
    const splitter = new FrameSplitter();
    const frames = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      splitter.push(bytes.subarray(index * size, (index + 1) * size)),
    ).flat();
    expect(frames.map(({ text }) => text)).toEqual([undefined, ...texts]);
    expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(bytes)).toBe(true);
  }
});

test('masked WebSocket frames of a client are parsed', () => {
  const mask = [1, 2, 3, 4];
  const masked = Buffer.from('hello').map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const splitter = new FrameSplitter();
  splitter.push(HANDSHAKE);
  expect(splitter.push(Buffer.from([0x81, 0x85, ...mask, ...masked]))).toMatchObject([{ text: 'hello' }]);
});
