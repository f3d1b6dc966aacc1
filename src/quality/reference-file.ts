import { z } from 'zod';
import { plainText } from '../domain/plain-text.js';
import { DtstreamError } from '../errors.js';
import {
  type AxisOptions,
  axesText,
  isSameAxis,
  uhiAxis,
  type UhiHistogram,
  uhiHistogramSchema,
  type UhiMetadata,
} from './uhi-histogram.js';

const count = z.int().min(0);
/** Metadata that all histograms of a file have, the same in all of them. */
export const detectorSchema = z.object({
  geometry: z.string(),
  live_slots: z.number().min(0),
  live_s: z.number().min(0),
  trigger_orbits: count,
  rows_read: count,
  corrupt: count,
  rejected: count.optional(),
  orbit_first: count.optional(),
  orbit_last: count.optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  learned_from: z.string().optional(),
  learned_to: z.string().optional(),
});
/** Metadata that all histograms of a chamber have, the same in all of them. */
export const chamberSchema = z.object({
  hits: count,
  repeats: count,
  bursts: count,
  matched: count,
  in_time: count,
  not_learned: z.string().regex(/^((\d|[1-5]\d|6[0-3])(,|$))*$/, 'must be channels such as 3,17'),
  /** Only where there are segments. */
  segment_events: count.optional(),
});
const commonSchema = z.object({ ...detectorSchema.shape, ...chamberSchema.shape });
export const driftSchema = z.object({ tick_first: z.int(), ticks_bin: z.int().min(1), t0_ns: z.number() });

/** A histogram that every reference has. */
const firstPath = 'ch0/active_slots';
const rule = 'must be UHI JSON as dtstream reference writes it';

/** The histograms of a file, checked one by one when they are asked for. */
export class ReferenceFile {
  readonly name: string;
  readonly chambers: number;
  readonly #histograms: ReadonlyMap<string, unknown>;
  readonly #read = new Map<string, UhiHistogram>();
  readonly #common = new Map<string, readonly [path: string, value: unknown]>();

  constructor(text: string, name: string) {
    this.name = name;
    this.#histograms = new Map(Object.entries(this.#parse(text)));
    const numbers = [...this.#histograms.keys()].map((path) => Number(/^ch(\d{1,2})\//.exec(path)?.[1] ?? -1));
    this.chambers = Math.max(0, ...numbers.map((number) => number + 1));
  }

  has(path: string): boolean {
    return this.#histograms.has(path);
  }

  /** @throws DtstreamError `input` where it is missing, is no histogram of counts, or does not agree with the others */
  histogram(path: string): UhiHistogram {
    const histogram = this.#read.get(path) ?? this.#parseHistogram(path);
    this.#read.set(path, histogram);
    return histogram;
  }

  /** All values of a histogram with these axes, those of flow bins included; the last axis runs first. */
  counts(path: string, wanted: readonly AxisOptions[]): number[] {
    const { axes: got, storage } = this.histogram(path);
    const expected = wanted.map(uhiAxis);
    if (got.length !== expected.length || !got.every((axis, at) => isSameAxis(axis, expected[at])))
      throw this.refusal(`${path} must have ${axesText(expected)}, got ${axesText(got)}`);
    const values = storage.values.flat();
    const bins = wanted.reduce((product, { bins, hasFlow = false }) => product * (bins + (hasFlow ? 2 : 0)), 1);
    if (values.length !== bins) throw this.refusal(`${path} must have ${bins} values, got ${values.length}`);
    return values;
  }

  metadata<T>(path: string, schema: z.ZodType<T>, metadata = this.histogram(path).metadata): T {
    const parsed = schema.safeParse(metadata);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw this.refusal(`${path}: metadata ${[...issue.path, issue.message].join(': ')}`);
  }

  refusal(rule: string, cause?: unknown): DtstreamError {
    return new DtstreamError('input', `cannot read reference ${this.name}: ${plainText(rule, 200)}`, { cause });
  }

  #parse(text: string): object {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      const what = text.trimStart().startsWith('{') ? 'it is cut off or damaged' : 'it is no JSON';
      throw this.refusal(`${rule}; ${what}, ${text.length} characters long`, cause);
    }
    if (typeof json !== 'object' || json === null || !(firstPath in json))
      throw this.refusal(`${rule}; it has no histogram ${firstPath}`);
    return json;
  }

  #parseHistogram(path: string): UhiHistogram {
    if (!this.has(path)) throw this.refusal(`must have a histogram ${path}`);
    const parsed = uhiHistogramSchema.safeParse(this.#histograms.get(path));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw this.refusal(`${path}: ${[...issue.path, issue.message].join(': ')}`);
    }
    this.#checkCommon(path, parsed.data.metadata);
    return parsed.data;
  }

  /** Whoever adds histograms up must add the metadata of all of them. */
  #checkCommon(path: string, metadata: UhiMetadata): void {
    const chamber = path.replace(/\/.*/, '');
    const values = this.metadata(path, commonSchema, metadata);
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const id = key in detectorSchema.shape ? key : `${chamber} ${key}`;
      const known = this.#common.get(id);
      if (known === undefined) this.#common.set(id, [path, value]);
      else if (known[1] !== value) {
        const got = `${String(known[1])} in ${known[0]} and ${String(value)} in ${path}`;
        throw this.refusal(`metadata ${key} must be the same in all histograms, got ${got}`);
      }
    }
  }
}
