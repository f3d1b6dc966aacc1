import { z } from 'zod';
import { geometrySchema } from '../../domain/geometry-schema.js';
import { chamberChannels, chamberLayers, defaultGeometry } from '../../domain/geometry.js';
import { hitLimits } from '../../domain/hit.js';
import { DtstreamError } from '../../errors.js';
import { sourceFormats } from '../hit-source.js';

const share = fromText(z.number().min(0).max(1));
const rateHz = fromText(z.number().min(0).max(1e9));
const orbits = fromText(z.int().min(0).max(hitLimits.ORBIT_CNT));

const wireShape = {
  chamber: z.int().min(0),
  channel: z
    .int()
    .min(0)
    .max(chamberChannels - 1),
};
const deadWire = wireFromText(wireShape);
const hotWire = wireFromText({ ...wireShape, factor: z.number().min(0).max(1e9) });
const burst = wireFromText({
  ...wireShape,
  perSecond: z.number().min(0).max(1000),
  hits: z.int().min(1).max(100_000),
});

/**
 * Every option of the simulator with its default and what it does (`shape.<name>.description`). Numbers and lists are
 * also read from text, as a command line gives them: `1.5`, `1000,5000`, `2:17`, `2:17:50`,
 * `1:37:0.5:20`.
 */
export const simulatorOptionsSchema = z
  .strictObject({
    format: z.enum(sourceFormats).default('csv').describe('CSV lines or 64-bit words; words are never malformed'),
    seed: fromText(z.int().min(0)).default(1).describe('random seed; the same seed and options give the same bytes'),
    detectorSeed: fromText(z.int().min(0))
      .default(1)
      .describe('random seed of the detector: the noise rate of each channel; the same for runs of one detector'),
    rows: fromText(z.int().min(0))
      .optional()
      .describe('total number of rows without the header line; absent = endless'),
    muonRateHz: rateHz
      .default(150)
      .describe('cosmic muons per second of detector time through the middle of the telescope'),
    noiseRateHz: rateHz.default(12).describe('mean rate of uncorrelated hits per channel, per second'),
    noiseSpread: fromText(z.number().min(0).max(3))
      .default(0.5)
      .describe('spread of the noise rates of the channels: standard deviation of their logarithm'),
    scintillatorEfficiency: share.default(0.95).describe('fraction of the muons that the scintillator detects'),
    cellEfficiency: share.default(0.97).describe('fraction of the crossed cells that give a hit'),
    layerEfficiency: list(share)
      .refine((shares) => shares.length === 0 || shares.length === chamberLayers, `must have ${chamberLayers} numbers`)
      .default([])
      .describe('cell-efficiency by layer, from layer 0 at the top to layer 3, the same in all chambers; in its place'),
    deltaRayShare: share
      .default(0.05)
      .describe('fraction of the crossed cells with a delta-ray hit in a neighbouring cell'),
    afterpulseShare: share.default(0.08).describe('fraction of the hits with an afterpulse 150-600 ns later'),
    disorderOrbits: orbits.default(600).describe('maximum number of orbits by which a hit trails a later one'),
    ancillaryShare: share.default(0.06).describe('fraction of ancillary rows (HEAD other than 2)'),
    ancillaryLeadOrbits: orbits
      .default(115_000)
      .describe('maximum number of orbits by which ancillary rows precede the hits'),
    strayShare: share.default(0.015).describe('fraction of hits on channels of no chamber'),
    malformedShare: share.default(0).describe('fraction of malformed rows, of all kinds'),
    corruptOrbitShare: share.default(0).describe('fraction of the hits with a corrupt orbit number'),
    hot: list(hotWire)
      .default([])
      .describe('noisy channels, as chamber:channel:factor, channels 0-63 inside the chamber'),
    dead: list(deadWire).default([]).describe('silent channels, as chamber:channel, channels 0-63 inside the chamber'),
    bursts: list(burst)
      .default([])
      .describe('bursting channels, as chamber:channel:bursts per second:hits of each; a hit in each orbit in a row'),
    startOrbit: fromText(
      z
        .int()
        .min(0)
        .max(hitLimits.ORBIT_CNT - 1),
    )
      .default(2_500_000_000)
      .describe('orbit counter at the start'),
    restartAfterRows: list(fromText(z.int().min(1)))
      .default([])
      .describe('row numbers after which the orbit counter restarts; each starts a new run'),
    restartStepOrbits: orbits
      .default(2 ** 24)
      .describe('number of orbits by which the counter falls back at a restart'),
    gapAfterRows: list(fromText(z.int().min(1)))
      .default([])
      .describe('row numbers after which data taking pauses and the orbit counter jumps ahead'),
    gapOrbits: orbits.default(2_400_000).describe('length of such a pause in orbits'),
    geometry: geometrySchema.default(defaultGeometry).describe('chambers and trigger channels'),
  })
  .superRefine((options, context) => {
    for (const { chamber } of [...options.hot, ...options.dead, ...options.bursts]) {
      const count = options.geometry.chambers.length;
      if (chamber >= count)
        context.addIssue(`hot, dead and bursting channels are in one of ${count} chambers, got ${chamber}`);
    }
    if (options.muonRateHz + options.noiseRateHz === 0)
      context.addIssue('muonRateHz and noiseRateHz must not both be 0');
    if (options.ancillaryShare + options.strayShare + options.malformedShare > 0.999)
      context.addIssue('ancillaryShare, strayShare and malformedShare must leave room for hits: at most 0.999 in all');
  });

/** Every option with its value. */
export type ResolvedSimulatorOptions = Readonly<z.infer<typeof simulatorOptionsSchema>>;
/** What a caller may ask for; the defaults are in {@link simulatorOptionsSchema}. */
export type SimulatorOptions = Partial<ResolvedSimulatorOptions>;

/**
 * Checks the options, typed or as text, and fills in the defaults.
 *
 * @throws DtstreamError `usage`, naming each option that breaks a rule
 */
export function resolveSimulatorOptions(
  options: SimulatorOptions | Readonly<Record<string, unknown>>,
): ResolvedSimulatorOptions {
  const result = simulatorOptionsSchema.safeParse(options);
  if (result.success) return result.data;
  const given = new Map<PropertyKey, unknown>(Object.entries(options));
  const faults = result.error.issues.map(({ path, message }) => {
    if (path.length === 0) return message;
    return `${path.join('.')}: ${message}, got ${JSON.stringify(given.get(path[0]))}`;
  });
  throw new DtstreamError('usage', `cannot simulate: ${faults.join('; ')}`);
}

/** Reads a number from text before the schema checks it; text that is no number becomes NaN, which no schema takes. */
function fromText<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (typeof value === 'string' ? numberOf(value) : value), schema);
}

function list<T extends z.ZodType>(schema: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(schema),
  );
}

/** An object of numbers, also read from text with one part a key, such as `2:17`; text of other lengths is refused. */
function wireFromText<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape);
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    const parts = value.split(':').map(numberOf);
    return parts.length === keys.length ? Object.fromEntries(keys.map((key, index) => [key, parts[index]])) : value;
  }, z.strictObject(shape));
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
