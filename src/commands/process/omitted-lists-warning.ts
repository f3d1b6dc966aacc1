import type { BatchMessage } from '../../domain/batch-message.js';
import { autoPartsMax } from '../../pipeline/batch/message-assembler.js';
import type { Console } from '../console/console.js';

/** Warns once when the lists of active channels are left out of a message, with the reason and what helps. */
export class OmittedListsWatch {
  #isSaid = false;

  constructor(
    private readonly console: Pick<Console, 'logLine'>,
    private readonly detail: 'auto' | 'full' | 'none',
  ) {}

  add({ msg_ID, hit_count, orbit_detail }: Pick<BatchMessage, 'msg_ID' | 'hit_count' | 'orbit_detail'>): void {
    if (orbit_detail !== 'omitted' || this.#isSaid) return;
    this.#isSaid = true;
    const what = `active_tdc_chamber is empty in message ${msg_ID} (${hit_count.toLocaleString('en-US')} hits)`;
    const why =
      this.detail === 'auto'
        ? `its batch would take more than ${autoPartsMax} messages of 900 kB; --orbit-detail full lists all orbits, a smaller --batch-rows makes smaller batches`
        : 'its orbits of one slot (64 orbits) take more than 900 kB';
    this.console.logLine(`${what}: ${why}; further such messages are not reported`, 'warn');
  }
}
