import { z } from 'zod';
import { physicsModes } from '../../domain/physics-settings.js';

/** Requested rows per second; `max` = as fast as possible. */
const rateSchema = z.union([z.number().positive(), z.literal('max')]);
export type Rate = z.infer<typeof rateSchema>;

/** What one run is made with: a point of the experiment. */
export const configurationSchema = z.object({
  instances: z.int().min(1),
  threads: z.int().min(1),
  partitions: z.int().min(1),
  shards: z.int().min(1),
  rowsPerMessage: z.int().min(1),
  encoding: z.enum(['csv', 'words']),
  /** Absent in results of earlier versions, which knew none. */
  physics: z.enum(physicsModes).default('off'),
  rate: rateSchema,
  batchIntervalMs: z.number().positive(),
});
export type Configuration = Readonly<z.infer<typeof configurationSchema>>;

/** Every dimension of an experiment, in the order of the table's columns. */
export const dimensions = [
  'instances',
  'threads',
  'partitions',
  'shards',
  'rowsPerMessage',
  'encoding',
  'physics',
  'rate',
  'batchIntervalMs',
] as const satisfies readonly (keyof Configuration)[];
export type Dimension = (typeof dimensions)[number];

/** Names of the dimensions in tables and plots, with their unit. */
export const dimensionNames: Readonly<Record<Dimension, string>> = {
  instances: 'instances',
  threads: 'threads',
  partitions: 'partitions',
  shards: 'shards',
  rowsPerMessage: 'rows per message',
  encoding: 'encoding',
  physics: 'physics',
  rate: 'requested rows/s',
  batchIntervalMs: 'batch interval, ms',
};

/** The values of each dimension that an experiment crosses; shards absent = as many as threads. */
export type ConfigurationLists = {
  readonly [D in Exclude<Dimension, 'shards'>]: readonly Configuration[D][];
} & { readonly shards?: readonly number[] };

/** All combinations, each once, the last dimension changing fastest. */
export function crossProduct(lists: ConfigurationLists): Configuration[] {
  const all = lists.instances.flatMap((instances) =>
    lists.threads.flatMap((threads) =>
      lists.partitions.flatMap((partitions) =>
        (lists.shards ?? [threads]).flatMap((shards) =>
          lists.rowsPerMessage.flatMap((rowsPerMessage) =>
            lists.encoding.flatMap((encoding) =>
              lists.physics.flatMap((physics) =>
                lists.rate.flatMap((rate) =>
                  lists.batchIntervalMs.map((batchIntervalMs) => ({
                    ...{ instances, threads, partitions, shards, rowsPerMessage, encoding, physics },
                    ...{ rate, batchIntervalMs },
                  })),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  return [...new Map(all.map((configuration) => [configurationKey(configuration), configuration])).values()];
}

/** Order of two values of a dimension: numbers by size, `max` after them; physics from the least to the most. */
export function compareValues(a: Configuration[Dimension], b: Configuration[Dimension]): number {
  const [left, right] = [a, b].map((value) => {
    if (value === 'max') return Infinity;
    const mode = physicsModes.findIndex((one) => one === value);
    return mode < 0 ? value : mode;
  });
  return left === right ? 0 : left < right ? -1 : 1;
}

/** The same text for equal configurations only. */
export function configurationKey(configuration: Configuration): string {
  return dimensions.map((dimension) => `${dimension}=${configuration[dimension]}`).join(' ');
}

/** The dimensions in which configurations differ; these are worth a column. Not shards where they are as many as threads. */
export function variedDimensions(configurations: readonly Configuration[]): Dimension[] {
  const follows = followsThreads(configurations);
  return dimensions.filter(
    (dimension) =>
      !(dimension === 'shards' && follows) && new Set(configurations.map((one) => one[dimension])).size > 1,
  );
}

/** Whether there are as many shards as threads everywhere. */
export function followsThreads(configurations: readonly Configuration[]): boolean {
  return configurations.every(({ threads, shards }) => threads === shards);
}

/** `threads 2, partitions 10, 1000 rows/s`: what the given dimensions say. */
export function configurationText(configuration: Configuration, named: readonly Dimension[]): string {
  return named.map((dimension) => dimensionText(dimension, configuration)).join(', ');
}

function dimensionText(dimension: Dimension, configuration: Configuration): string {
  const value = dimensionValue(dimension, configuration);
  switch (dimension) {
    case 'rate':
      return configuration.rate === 'max' ? 'as fast as possible' : `${value} rows/s`;
    case 'rowsPerMessage':
      return `${value} ${configuration.rowsPerMessage === 1 ? 'row' : 'rows'} per message`;
    case 'batchIntervalMs':
      return `batch interval ${value} ms`;
    case 'instances':
    case 'threads':
    case 'partitions':
    case 'shards':
      return `${value} ${configuration[dimension] === 1 ? dimension.slice(0, -1) : dimension}`;
    case 'encoding':
      return value;
    case 'physics':
      return `physics ${value}`;
    default:
      return dimension satisfies never;
  }
}

/** A dimension's value as a cell of a table. */
export function dimensionValue(dimension: Dimension, configuration: Configuration): string {
  const value = configuration[dimension];
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
