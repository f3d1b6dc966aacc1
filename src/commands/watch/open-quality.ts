import type { Console } from '../console/console.js';
import { qualitySetup } from '../quality/quality-setup.js';
import type { WatchFlags } from './flags.js';
import { WatchQuality, type WatchQualityOptions } from './watch-quality.js';

/**
 * The quality tests of the messages that the flags choose.
 *
 * @throws DtstreamError `config`, `usage` or `input` for a mistake in the configuration or the reference
 */
export async function openQuality(
  console: Pick<Console, 'logLine' | 'env'>,
  flags: WatchFlags,
  told: Pick<WatchQualityOptions, 'onNews' | 'onChange' | 'onJudged'> = {},
): Promise<WatchQuality> {
  const setup = await qualitySetup(flags);
  const { fold, run, to } = flags;
  return new WatchQuality({
    ...{ console, setup, flags },
    // Where a run ended is known when it is over.
    foldS: run === undefined ? fold / 1000 : undefined,
    until: to === undefined ? 'latest' : { timeMs: to },
    ...told,
  });
}
