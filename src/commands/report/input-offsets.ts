import { createHash } from 'node:crypto';
import type { BatchMessage } from '../../domain/batch-message.js';

type Range = [from: number, to: number];

/** Which offsets of the input messages say that they have read. */
export class InputOffsets {
  readonly #ranges = new Map<string, Range[]>();

  add({ input }: { readonly input?: BatchMessage['input'] | undefined }): void {
    for (const [partition, [from, to]] of Object.entries(input ?? {})) {
      if (to === from) continue;
      const ranges = this.#ranges.get(partition) ?? [];
      this.#ranges.set(partition, ranges);
      const last = ranges.at(-1);
      if (last?.[1] === from) last[1] = to;
      else ranges.push([from, to]);
    }
  }

  /** `10 partitions, 12,345 offsets`, or from where to where of each where they are few. */
  get text(): string {
    const all = this.#joined();
    const count = all.reduce((sum, [, ranges]) => sum + ranges.reduce((total, [from, to]) => total + to - from, 0), 0);
    if (all.length > partitionsNamed) return `${all.length} partitions, ${count.toLocaleString('en-US')} offsets`;
    const number = (value: number): string => value.toLocaleString('en-US');
    return all
      .map(([partition, ranges]) => {
        const pieces = ranges.length === 1 ? '' : ` in ${ranges.length} pieces`;
        return `partition ${partition}: ${number(ranges[0][0])} to ${number(ranges[ranges.length - 1][1])}${pieces}`;
      })
      .join('; ');
  }

  /** SHA-256 of lines `partition from to`, of partitions and ranges in order, half open, those that touch as one. */
  get sha256(): string {
    const lines = this.#joined().flatMap(([partition, ranges]) =>
      ranges.map(([from, to]) => `${partition} ${from} ${to}\n`),
    );
    return createHash('sha256').update(lines.join('')).digest('hex');
  }

  #joined(): [string, Range[]][] {
    return [...this.#ranges]
      .sort(([one], [other]) => Number(one) - Number(other))
      .map(([partition, ranges]) => {
        const joined: Range[] = [];
        for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
          const last = joined.at(-1);
          if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
          else joined.push([from, to]);
        }
        return [partition, joined];
      });
  }
}

const partitionsNamed = 3;
