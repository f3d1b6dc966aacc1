import { DtstreamError } from '../../errors.js';
import type { CommittedOffset } from '../../transport/transport.js';
import { laneMarkOf } from './lane-commit.js';

/**
 * Hits that are open belong to the lane that carries them: another number of lanes would share them out anew, so they
 * must have been published first.
 *
 * @param committed what the group has committed, or the part of it that one lane takes
 * @throws DtstreamError `usage` when hits are open of a run with another number of lanes
 */
export function checkLanes(
  { group, lanes }: { readonly group: string; readonly lanes: number },
  committed: ReadonlyMap<number, CommittedOffset>,
): void {
  for (const [partition, offset] of committed) {
    const before = laneMarkOf(partition, offset);
    if (before.lanes === undefined || before.lanes === lanes || before.carried === 0) continue;
    throw new DtstreamError(
      'usage',
      `cannot go on with group ${group} with --lanes ${lanes}: it has hits open from --lanes ${before.lanes}, which must ` +
        `be published first: process --until-end --lanes ${before.lanes} (or --reset begins anew)`,
    );
  }
}
