import { z } from 'zod';

/*
 * Histograms as JSON in the form of UHI (https://uhi.readthedocs.io, schema 1), which boost-histogram, hist and uproot
 * read and write. Of it, what dtstream has: counts over axes with bins of one width.
 */

/** Metadata of UHI are texts, numbers and truth values only. */
const metadataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type UhiMetadata = z.infer<typeof metadataSchema>;

const axisSchema = z.object({
  type: z.literal('regular'),
  lower: z.number(),
  upper: z.number(),
  bins: z.int().min(1),
  underflow: z.boolean(),
  overflow: z.boolean(),
  circular: z.literal(false),
  metadata: metadataSchema.optional(),
});
type UhiAxis = z.infer<typeof axisSchema>;

const countsSchema = z.array(z.int().min(0));

/** One histogram; `values` by axis, each with its flow bins where it has some: under, bins, over. */
export const uhiHistogramSchema = z.object({
  uhi_schema: z.literal(1),
  writer_info: z.record(z.string(), metadataSchema).optional(),
  metadata: metadataSchema.default({}),
  axes: z.array(axisSchema),
  storage: z.object({ type: z.literal('int'), values: z.union([countsSchema, z.array(countsSchema)]) }),
});
export type UhiHistogram = z.infer<typeof uhiHistogramSchema>;

/** An axis with its edges in the unit of its label. */
export interface AxisOptions {
  readonly name: string;
  readonly label: string;
  readonly lower: number;
  readonly upper: number;
  readonly bins: number;
  /** Whether values below and above are counted, too; default: no. */
  readonly hasFlow?: boolean;
}

export function uhiAxis({ name, label, hasFlow = false, ...edges }: AxisOptions): UhiAxis {
  return {
    type: 'regular',
    ...edges,
    ...{ underflow: hasFlow, overflow: hasFlow, circular: false },
    metadata: { name, label },
  };
}

/** Edges that programs compute with other roundings are the same. */
const edgeTolerance = 1e-9;

/** Whether two axes have the same bins; names and labels do not count. */
export function isSameAxis(one: UhiAxis, other: UhiAxis): boolean {
  const widest = Math.max(Math.abs(other.lower), Math.abs(other.upper));
  const isSame = (edge: number, as: number): boolean => Math.abs(edge - as) <= edgeTolerance * widest;
  return (
    one.bins === other.bins &&
    isSame(one.lower, other.lower) &&
    isSame(one.upper, other.upper) &&
    one.underflow === other.underflow &&
    one.overflow === other.overflow
  );
}

/** `64 bins from 0 to 64`, for messages. */
export function axesText(axes: readonly UhiAxis[]): string {
  const texts = axes.map(({ bins, lower, upper, underflow, overflow }) => {
    const flow = underflow && overflow ? ' with both flow bins' : underflow || overflow ? ' with one flow bin' : '';
    return `${bins} bins from ${lower} to ${upper}${flow}`;
  });
  return texts.length === 0 ? 'no axis' : texts.join(' by ');
}

/** A file of histograms by name: one a line, so that two files can be compared. */
export function uhiText(histograms: ReadonlyMap<string, UhiHistogram>): string {
  const lines = [...histograms].map(([name, histogram]) => `${JSON.stringify(name)}: ${JSON.stringify(histogram)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
