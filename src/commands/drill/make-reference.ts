import { Quality, type QualityOptions } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { ReferenceCollector } from '../reference/collect.js';
import type { TimedMessage } from './detector-run.js';

/**
 * The reference of a simulated run, as `dtstream reference` makes it.
 *
 * @param forS live seconds of the detector
 * @throws DtstreamError `input` where the run was stopped before its first message
 */
export async function makeReference(
  messages: AsyncIterable<TimedMessage>,
  { forS, ...quality }: Omit<QualityOptions, 'reference' | 'learnS' | 'knownId'> & { readonly forS: number },
): Promise<QualityReference> {
  const collector = new ReferenceCollector({
    ...{ name: 'simulated', geometryHash: quality.geometryHash, forS, say: () => undefined },
    quality: () => new Quality(quality),
  });
  for await (const { message } of messages) collector.add(message);
  return collector.end();
}
