import { ComputePool } from '../../compute/pool.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import { defaultPhysics } from '../../domain/physics-settings.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';
import type { QualityEvent } from '../../quality/events.js';
import { defaultQuality } from '../../quality/quality-settings.js';
import { Quality } from '../../quality/quality.js';
import { readWholeMessage } from '../../results/whole-message.js';
import { DetectorRun, chunkBytesOf } from '../drill/detector-run.js';
import { makeReference } from '../drill/make-reference.js';
import { faultWords, objectWords, valueWords } from '../quality/words.js';
import { rowSetup } from '../process/row-setup.js';

/** Detector time of the reference, in s: enough for every box of the default geometry. */
const referenceS = 300;
/** Another run of the detector that the demo shows. */
const referenceSeed = 1_000_000;
/** Messages that wait for the reference, at most: ten minutes of them. */
const waitingMax = 600;

export interface VerdictOptions {
  readonly geometry: Geometry;
  /** Gets a line for each alarm that is raised or over. */
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The quality tests of a demo: they compare its messages with a run of the same detector without a fault, which is simulated
 * once its first message is there.
 */
export class DemoVerdicts {
  readonly #options: VerdictOptions;
  readonly #waiting: BatchMessage[] = [];
  #making: Promise<void> | undefined;
  #quality: Quality | undefined;

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  /** Takes the value of a record. */
  take(value: Uint8Array): void {
    const read = readWholeMessage(value);
    if ('unreadable' in read) return;
    // Not before, so that the first message comes as soon as it can. A demo without verdicts is one, too.
    this.#making ??= this.#makeReference().catch(() => undefined);
    if (this.#quality !== undefined) this.#judge(read.message);
    else if (this.#waiting.length < waitingMax) this.#waiting.push(read.message);
  }

  /** Resolves when nothing is under way: when the reference is made, or the signal has come. */
  async ended(): Promise<void> {
    await this.#making;
  }

  #judge(message: BatchMessage): void {
    for (const event of this.#quality?.add(message) ?? []) {
      const text = shortWords(event);
      if (text !== undefined) this.#options.tell(text);
    }
  }

  async #makeReference(): Promise<void> {
    const { geometry, signal } = this.#options;
    const geometryHash = physicsHash(geometry, defaultPhysics);
    const quality = { geometry, physics: defaultPhysics, settings: defaultQuality, geometryHash };
    const pool = new ComputePool(1, {
      ...rowSetup(geometry, defaultPhysics, 'full'),
      ...{ shards: 1, chunkBytes: chunkBytesOf(1) },
    });
    try {
      const run = new DetectorRun({
        ...{ geometry, rateFactor: 1, format: 'words', simulator: { seed: referenceSeed }, untilS: referenceS, signal },
      });
      const reference = await makeReference(run.messages(pool), { ...quality, forS: referenceS });
      if (signal.aborted) return;
      this.#quality = new Quality({ ...quality, reference });
      for (const message of this.#waiting.splice(0)) this.#judge(message);
    } finally {
      await pool.close();
    }
  }
}

/** `ALARM channel 1:37: rate too low: 0 Hz, 23 Hz expected`; undefined of what is neither raised nor over. */
function shortWords(event: QualityEvent): string | undefined {
  if (event.event === 'raised') {
    return `ALARM ${objectWords(event)}: ${faultWords(event.test)}: ${valueWords(event.test, event)}`;
  }
  return event.event === 'cleared' ? `over: ${objectWords(event)}: ${faultWords(event.test)}` : undefined;
}
