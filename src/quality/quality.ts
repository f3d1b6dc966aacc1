import type { BatchMessage } from '../domain/batch-message.js';
import type { Geometry } from '../domain/geometry.js';
import type { Physics } from '../domain/physics-message.js';
import { physicsPlan } from '../domain/physics-plan.js';
import type { PhysicsSettings } from '../domain/physics-settings.js';
import type { Alarm, QualityEvent, QualityObject, TestName } from './events.js';
import type { Explanation } from './explain.js';
import { Looks, lookSlots } from './look.js';
import type { ObjectState } from './object-test.js';
import type { QualityReference } from './quality-reference.js';
import type { QualitySettings } from './quality-settings.js';
import { QualityTests } from './quality-tests.js';

export interface QualityOptions {
  readonly geometry: Geometry;
  readonly physics: PhysicsSettings;
  /** What `physics.geometry` of messages and reference must be. */
  readonly geometryHash: string;
  readonly settings: QualitySettings;
  readonly reference?: QualityReference | undefined;
  /** Newest id of a test and object in the logbook, for an alarm whose start lies before all that was read. */
  readonly knownId?: ((test: TestName, object: string) => string | undefined) | undefined;
}

/**
 * The quality of the detector as the messages of a group tell it: states, alarms and warnings. The same messages give the
 * same result, whoever reads them and wherever the reading began. After a reset of the group begin with a new one.
 */
export class Quality {
  readonly #geometryHash: string;
  readonly #looks: Looks;
  readonly #tests: QualityTests;

  constructor({ geometry, physics, geometryHash, settings, reference, knownId }: QualityOptions) {
    const plan = physicsPlan(geometry, physics, { isFull: true, hash: geometryHash });
    this.#geometryHash = geometryHash;
    this.#looks = new Looks({ slots: lookSlots(settings.lookS, plan.slotS), slotS: plan.slotS });
    this.#tests = new QualityTests({ geometry, plan, settings, reference, knownId });
  }

  /** Takes the next message of any lane, of each lane in its order; returns what changes. */
  add(message: BatchMessage): QualityEvent[] {
    const physics = physicsOf(message);
    if (physics?.geometry !== this.#geometryHash) {
      this.#looks.restart();
      const why = physics === undefined ? 'the messages have no physics' : 'the messages are of another geometry';
      return this.#tests.suspend(why);
    }
    const look = this.#looks.add({ ...message, physics }, message.lanes);
    return look === undefined ? [] : this.#tests.look(look);
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
  get states(): ObjectState[] {
    return this.#tests.states;
  }

  /** What every test says of an object, and why. */
  explain(object: QualityObject): Explanation[] {
    return this.#tests.explain(object);
  }
}

/** Of messages as they come, which may say null. */
function physicsOf({ physics }: { readonly physics?: Physics | null | undefined }): Physics | undefined {
  return physics ?? undefined;
}
