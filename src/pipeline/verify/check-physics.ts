import type { BatchMessage } from '../../domain/batch-message.js';
import type { ChamberPhysics, DriftHistogram, Physics } from '../../domain/physics-message.js';
import { physicsOf } from '../../domain/physics-of.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import type { Differences } from './difference.js';

/**
 * Checks what the numbers of one message's physics have to do with each other, and those that are made of the plan, where
 * the message is of the same.
 *
 * @param name what the message is called in a difference
 */
export function checkPhysics(message: BatchMessage, name: string, plan: PhysicsPlan, differences: Differences): void {
  const { ledger, late_hits } = message;
  const physics = physicsOf(message);
  if (physics === undefined) return;
  const check: Differences['check'] = (bin, expected, got) => {
    differences.check(`${name}: physics.${bin}`, expected, got);
  };
  const chambers = Object.entries(physics.chambers);
  const hits = total(chambers.map(([, { layers }]) => total(layers)));
  check('chambers, layers all together', ledger.hits - late_hits, hits);
  const { rows } = physics.trigger;
  check('trigger.rows, all together', Math.min(total(rows), ledger.scintillator), total(rows));
  for (const [chamber, counts] of chambers) checkChamber(counts, `chambers.${chamber}`, check);
  if (physics.geometry === plan.geometry) checkPlanned(physics, plan, check);
}

function checkChamber(counts: ChamberPhysics, name: string, check: Differences['check']): void {
  const { layers, active_orbits, repeats, gated, drift } = counts;
  check(`${name}.repeats`, total(layers) - total(active_orbits), repeats);
  check(`${name}.gated.channels, all together`, gated.hits, total(gated.channels));
  check(`${name}.gated.active, all together`, gated.orbits, total(gated.active));
  check(`${name}.drift, all together`, gated.hits, total([drift.under, drift.over, ...drift.counts]));
}

/** Numbers that follow from the plan, or from it and others of the message. */
function checkPlanned(physics: Physics, plan: PhysicsPlan, check: Differences['check']): void {
  const { slots, live_s, trigger } = physics;
  check('live_s', slots.live * plan.slotS, live_s);
  check('trigger.rate_hz', live_s === 0 ? 'null' : String(trigger.orbits / live_s), String(trigger.rate_hz));
  check('chambers, how many', plan.chambers.length, Object.keys(physics.chambers).length);
  check('trigger.rows, how many', plan.triggers.length, trigger.rows.length);
  plan.chambers.forEach(({ tickFirst, offsetNs }, chamber) => {
    const { drift, drift_chambers } = physics.chambers[chamber] ?? {};
    const checkDrift = (name: string, said: DriftHistogram | undefined): void => {
      if (said === undefined) return;
      check(`chambers.${chamber}.${name}.tick_first`, tickFirst, said.tick_first);
      check(`chambers.${chamber}.${name}.ticks_bin`, plan.ticksBin, said.ticks_bin);
      check(`chambers.${chamber}.${name}.offset_ns`, offsetNs, said.offset_ns);
      check(`chambers.${chamber}.${name}.counts, how many`, plan.bins, said.counts.length);
    };
    checkDrift('drift', drift);
    checkDrift('drift_chambers', drift_chambers);
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
