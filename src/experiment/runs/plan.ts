import { Random } from '../../sources/simulator/random.js';
import { type Configuration, configurationKey } from './configuration.js';

/** One run of an experiment. */
export interface PlannedRun {
  readonly configuration: Configuration;
  /** From 0. */
  readonly repeat: number;
}

/** Names the random numbers of the order, so that they are not those of the simulated rows. */
const orderStream = 0x6f72;

/**
 * All runs of an experiment: round by round, each round with every configuration once and in an order of its own. So a
 * change of the machine meets all of them alike, and an experiment that is cut short has whole rounds.
 *
 * @param seed same seed, same order
 */
export function planRuns(configurations: readonly Configuration[], repeats: number, seed: number): PlannedRun[] {
  const random = new Random(seed, orderStream);
  return Array.from({ length: repeats }, (_, repeat) =>
    shuffled(configurations, random).map((configuration) => ({ configuration, repeat })),
  ).flat();
}

/** The same text for the same run of the same experiment only. */
export function runKey({ configuration, repeat }: PlannedRun): string {
  return `${configurationKey(configuration)} repeat=${repeat}`;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1);
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
