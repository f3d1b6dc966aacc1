import { z } from 'zod';
import { beginningBytes, type ContentName } from '../../sources/content-name.js';
import type { ResumePoint } from '../../transport/transport.js';
import type { PlacedSource } from './row-source.js';

/** Bytes of an input's name that a mark keeps: Kafka takes 4096 with a position. */
const identityBytesMax = 1000;

const markSchema = z.object({
  version: z.literal(1),
  /** Name of the input that the source was written with; absent = too long to be kept. */
  input: z.string().optional(),
  /** The source's own name, and how many came before it in the input. */
  id: z.string(),
  index: z.int().min(0),
});

/** What the log keeps of a source that rows were written of, under its content name. */
export type ContentMark = z.output<typeof markSchema>;

/** Name under which the log keeps the mark of a source. */
export function contentMarkKey({ bytes, sha256 }: ContentName): string {
  return `content ${bytes} ${sha256}`;
}

/** Undefined for a mark of a later version, which is then none. */
export function decodeContentMark(text: string): ContentMark | undefined {
  return markSchema.safeParse(JSON.parse(text)).data;
}

/** The content names of the sources at work, and the marks that go to the log with their first rows. */
export class ContentMarks {
  readonly #identity: string;
  readonly #isLive: boolean;
  #placed: PlacedSource | undefined;
  #name: ContentName | undefined;

  /** @param isLive whether a source may still grow */
  constructor(identity: string, isLive: boolean) {
    this.#identity = identity;
    this.#isLive = isLive;
  }

  /** Of the source begun last. */
  get name(): ContentName | undefined {
    return this.#name;
  }

  /**
   * The marks to be stored with the next rows: one for each source begun, and one more when a source that grows has
   * reached the length by which it is known for good.
   */
  async next(begun: readonly PlacedSource[]): Promise<readonly ResumePoint[]> {
    const points: ResumePoint[] = [];
    for (const placed of begun) {
      this.#placed = placed;
      this.#name = await placed.content?.();
      points.push(...this.#points(placed));
    }
    if (begun.length > 0 || !this.#isLive || this.#placed === undefined) return points;
    if (this.#name === undefined || this.#name.bytes >= beginningBytes) return points;
    const grown = await this.#placed.content?.();
    if (grown === undefined || grown.bytes <= this.#name.bytes) return points;
    this.#name = grown;
    return grown.bytes < beginningBytes ? points : this.#points(this.#placed);
  }

  #points({ place: { id, index } }: PlacedSource): ResumePoint[] {
    if (this.#name === undefined) return [];
    const input = Buffer.byteLength(this.#identity) > identityBytesMax ? undefined : this.#identity;
    const mark: ContentMark = { version: 1, input, id, index };
    return [{ input: contentMarkKey(this.#name), state: JSON.stringify(mark) }];
  }
}
