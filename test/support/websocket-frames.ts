/** One raw WebSocket frame, and its text if it is a complete text message. */
export interface Frame {
  readonly bytes: Buffer;
  /** Undefined for control frames, binary messages and fragments. */
  readonly text: string | undefined;
}

/** Splits one direction of a WebSocket connection, starting with its HTTP handshake, into frames. */
export class FrameSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private shaken = false;

  /** The frames that are complete after these bytes, in order. */
  push(bytes: Buffer): Frame[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const frames: Frame[] = [];
    for (let frame = this.take(); frame !== undefined; frame = this.take()) frames.push(frame);
    return frames;
  }

  private take(): Frame | undefined {
    if (this.shaken) return this.takeFrame();
    const end = this.rest.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    this.shaken = true;
    return { bytes: this.cut(end + 4), text: undefined };
  }

  /** RFC 6455, section 5.2. */
  private takeFrame(): Frame | undefined {
    const { rest } = this;
    if (rest.length < 2) return undefined;
    const first = rest.readUInt8(0);
    const second = rest.readUInt8(1);
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const start = 2 + lengthBytes + (masked ? 4 : 0);
    if (rest.length < start) return undefined;
    const length =
      lengthBytes === 0 ? short : lengthBytes === 2 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < start + length) return undefined;
    const mask = masked ? rest.subarray(start - 4, start) : undefined;
    const payload = rest.subarray(start, start + length);
    const isWholeText = first === 0x81;
    const text = isWholeText ? unmasked(payload, mask).toString('utf8') : undefined;
    return { bytes: this.cut(start + length), text };
  }

  private cut(length: number): Buffer {
    const piece = Buffer.from(this.rest.subarray(0, length));
    this.rest = this.rest.subarray(length);
    return piece;
  }
}

function unmasked(payload: Buffer, mask: Buffer | undefined): Buffer {
  if (mask === undefined) return payload;
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}

/** A text message of a server, which is not masked. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head.writeUInt8(0x81, 0);
  if (head.length === 2) head.writeUInt8(payload.length, 1);
  else if (head.length === 4) {
    head.writeUInt8(126, 1);
    head.writeUInt16BE(payload.length, 2);
  } else {
    head.writeUInt8(127, 1);
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}
