const lineFeed = 0x0a;
const bytesMin = 1 << 18;

/** Memory that grows with what is written into it, and is used again once that was taken. */
export class LineBuffer {
  bytes = Buffer.allocUnsafe(bytesMin);
  filled = 0;

  /** Makes room for `count` bytes more. */
  reserve(count: number): void {
    if (this.filled + count <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafe(2 * (this.filled + count));
    bytes.set(this.bytes.subarray(0, this.filled));
    this.bytes = bytes;
  }

  /** Adds a line, which has no line end of its own. */
  addLine(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start + 1);
    this.bytes.set(from.subarray(start, end), this.filled);
    this.filled += end - start;
    this.bytes[this.filled++] = lineFeed;
  }

  /** Adds a line of ASCII. */
  addText(text: string): void {
    this.reserve(text.length + 1);
    this.filled += this.bytes.write(text, this.filled, 'latin1');
    this.bytes[this.filled++] = lineFeed;
  }

  /** All that was added, valid until something is added again. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.filled);
    this.filled = 0;
    return taken;
  }
}
