import type { BatchMessage } from '../domain/batch-message.js';
import type { Geometry } from '../domain/geometry.js';
import { physicsOf } from '../domain/physics-of.js';
import { physicsPlan } from '../domain/physics-plan.js';
import type { PhysicsSettings } from '../domain/physics-settings.js';
import type { Alarm, QualityEvent, QualityObject, TestName } from './events.js';
import type { Explanation } from './explain.js';
import { LaneMerge, type MergedMessage } from './lane-merge.js';
import { Looks, type LookSums, lookSlots } from './look.js';
import type { TestState } from './object-test.js';
import type { QualityReference } from './quality-reference.js';
import type { QualitySettings } from './quality-settings.js';
import { QualityTests } from './quality-tests.js';
import { ReferenceSum } from './reference-of.js';
import { Warnings } from './warnings.js';

export interface QualityOptions {
  readonly geometry: Geometry;
  readonly physics: PhysicsSettings;
  /** What `physics.geometry` of messages and reference must be. */
  readonly geometryHash: string;
  readonly settings: QualitySettings;
  readonly reference?: QualityReference | undefined;
  /** Live seconds from the first message on that become the reference; without one only. */
  readonly learnS?: number | undefined;
  /** Newest id of a test and object in the logbook, for an alarm whose start lies before all that was read. */
  readonly knownId?: ((test: TestName, object: string) => string | undefined) | undefined;
}

/**
 * The quality of the detector as the messages of a group tell it: states, alarms and warnings. The same messages give the
 * same result, whoever reads them and wherever the reading began. After a reset of the group begin with a new one.
 */
export class Quality {
  readonly #geometryHash: string;
  readonly #lanes = new LaneMerge();
  readonly #looks: Looks;
  readonly #tests: QualityTests;
  readonly #warnings: Warnings;
  readonly #learnS: number;
  #reference: QualityReference | undefined;
  #version = 0;
  /** What is being learned. */
  #learning: ReferenceSum | undefined;

  constructor({ geometry, physics, geometryHash, settings, reference, learnS, knownId }: QualityOptions) {
    const plan = physicsPlan(geometry, physics, { isFull: true, hash: geometryHash });
    const isLearning = learnS !== undefined && reference === undefined;
    this.#geometryHash = geometryHash;
    this.#looks = new Looks({ slots: lookSlots(settings.lookS, plan.slotS), slotS: plan.slotS });
    this.#tests = new QualityTests({ geometry, plan, settings, reference, isLearning, knownId });
    this.#warnings = new Warnings(reference);
    this.#learnS = learnS ?? 0;
    this.#reference = reference;
    if (isLearning) this.#learning = new ReferenceSum('learned');
  }

  /** Takes the next message of any lane, of each lane in its order; returns what changes. */
  add(message: BatchMessage): QualityEvent[] {
    const physics = physicsOf(message);
    return this.#lanes.add({ ...message, physics }).flatMap((merged) => this.#take(merged));
  }

  /** A lane has sent nothing for long, by the reader's clock: nothing is waited for until it does. */
  laneIdle(producer: string): QualityEvent[] {
    return this.#lanes.idle(producer).flatMap((merged) => this.#take(merged));
  }

  /** The same while other lanes did send: a warning. */
  laneSilent(producer: string, silentS: number): QualityEvent[] {
    return this.#warnings.laneSilent(producer, silentS);
  }

  #take(merged: MergedMessage): QualityEvent[] {
    const { message, lanes } = merged;
    const { physics } = message;
    const warnings = this.#warnings.message(merged);
    if (physics?.geometry !== this.#geometryHash) {
      this.#looks.restart();
      this.#version++;
      const why =
        physicsOf(message) === undefined ? 'the messages have no physics' : 'the messages are of another geometry';
      return [...warnings, ...this.#tests.suspend(why)];
    }
    this.#learning?.add(message);
    const look = this.#looks.add({ ...message, physics }, lanes);
    if (look === undefined) return warnings;
    this.#version++;
    const events = [...warnings, ...this.#warnings.look(look), ...this.#tests.look(look)];
    this.#learn(look);
    return events;
  }

  /** Ends learning with the first look that has enough. */
  #learn(look: LookSums): void {
    const sum = this.#learning;
    if (sum === undefined || (sum.reference?.liveS ?? 0) < this.#learnS) return;
    for (const channel of this.#tests.notLearned) sum.exclude(channel);
    const { reference } = sum;
    if (reference === undefined) return;
    const learned = { ...reference, ...(reference.times && { learned: reference.times }) };
    this.#learning = undefined;
    this.#reference = learned;
    this.#tests.learned(learned, look);
    this.#warnings.learned(learned);
  }

  /** What is compared with: as given, or as learned. */
  get reference(): QualityReference | undefined {
    return this.#reference;
  }

  /** Rises with everything that may have changed alarms and states. */
  get version(): number {
    return this.#version;
  }

  /** Detectors in the budget of alarms, and the evidence that makes an alarm. */
  get detectors(): number {
    return this.#tests.detectors;
  }
  get threshold(): number {
    return this.#tests.threshold;
  }

  /** Those that stand and are no part of another one, the worst first. */
  get alarms(): Alarm[] {
    return this.#tests.alarms;
  }
  /** Those that are parts of others. */
  get parts(): Alarm[] {
    return this.#tests.parts;
  }

  /** Every test of every object. */
  get states(): readonly TestState[] {
    return this.#tests.states;
  }

  /** What every test says of an object, and why. */
  explain(object: QualityObject): Explanation[] {
    return this.#tests.explain(object);
  }
}
