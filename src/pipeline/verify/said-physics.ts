import type { BatchMessage, Summary } from '../../domain/batch-message.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';

/** What the messages of a lane that are compared say of their physics. */
export class SaidPhysics {
  #messages = 0;
  #without = 0;
  #unkeyed = 0;
  #withSegments = 0;
  readonly #configurations = new Set<string>();

  add({ physics }: BatchMessage): void {
    this.#messages++;
    if (physics === undefined) this.#without++;
    else if (physics === null) this.#unkeyed++;
    else {
      this.#configurations.add(physics.geometry);
      if (Object.values(physics.chambers).every(({ segments }) => segments !== undefined)) this.#withSegments++;
    }
  }

  /** Whether all messages have segments. */
  get hasSegments(): boolean {
    return this.#withSegments === this.#messages;
  }

  /**
   * Why the physics of the messages cannot be compared with a recount; undefined when it can.
   *
   * @param sum of the same messages
   */
  obstacle(plan: PhysicsPlan, { late_orbits, ledger, physics }: Summary): string | undefined {
    if (this.#unkeyed > 0) return 'the topic is not keyed by slot, and the group has several lanes';
    if (this.#without > 0) {
      const some = this.#without < this.#messages ? `${this.#without} of ${this.#messages} messages were ` : '';
      return `${some}published with --physics off, or by an older version`;
    }
    const [first = plan.geometry, ...others] = this.#configurations;
    if (others.length > 0) return `the messages are of several configurations: ${[first, ...others].join(', ')}`;
    if (first !== plan.geometry) {
      return `geometry and physics of the configuration must be those of the messages (${first}), got ${plan.geometry} (see --config)`;
    }
    if (late_orbits > 0) return late_orbits === 1 ? '1 late orbit' : `${late_orbits} late orbits`;
    const lateRows = ledger.scintillator - (physics?.trigger.rows ?? []).reduce((sum, rows) => sum + rows, 0);
    if (lateRows > 0) return lateRows === 1 ? '1 late trigger row' : `${lateRows} late trigger rows`;
    return undefined;
  }
}
