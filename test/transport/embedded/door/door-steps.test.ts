import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type DoorKey,
  type DoorStep,
  leaveDoor,
  takeDoor,
} from '../../../../src/transport/embedded/door/door-steps.js';
import { tempFolder } from '../../../sources/temp-folder.js';

/** Someone who goes through the door step by step, once. */
class Passer {
  isInside = false;
  isDone = false;
  isKilled = false;
  readonly key: DoorKey;
  #steps: Generator<DoorStep, unknown>;

  constructor(door: string, text: string, isLeft: (text: string) => boolean) {
    this.key = { door, text };
    this.#steps = takeDoor(this.key, isLeft);
  }

  get isThere(): boolean {
    return !this.isDone && !this.isKilled;
  }

  step(): void {
    if (this.#steps.next().done !== true) return;
    if (this.isInside) {
      this.isInside = false;
      this.isDone = true;
    } else {
      this.isInside = true;
      this.#steps = leaveDoor(this.key);
    }
  }

  kill(): void {
    this.isKilled = true;
  }
}

/** Who acts, for how many steps in a row, and whether he is killed then. */
const turnArbitrary = fc.record({
  who: fc.nat(3),
  steps: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
  isKilled: fc.boolean().chain((one) => (one ? fc.boolean() : fc.constant(false))),
});

describe('the steps to a door', () => {
  it('let one in at a time and the next one in some time, whoever is killed between any two of them', (t) => {
    const folder = tempFolder(t);
    let world = 0;
    let takenOver = 0;
    fc.assert(
      fc.property(fc.array(turnArbitrary, { maxLength: 60 }), (turns) => {
        const door = join(folder, `${world++}-door`);
        const all = new Map<string, Passer>();
        const isLeft = (text: string): boolean => all.get(text)?.isThere !== true;
        const enter = (): Passer => {
          const passer = new Passer(door, `passer ${all.size}`, isLeft);
          all.set(passer.key.text, passer);
          return passer;
        };
        const there = Array.from({ length: 4 }, enter);
        const act = (passer: Passer): void => {
          passer.step();
          const inside = [...all.values()].filter((each) => each.isInside && each.isThere);
          assert.ok(inside.length <= 1, inside.map(({ key }) => key.text).join(' and '));
          if (passer.isInside && readFileSync(door, 'utf8') !== passer.key.text) assert.fail('the door is his');
        };
        for (const { who, steps, isKilled } of turns) {
          const passer = there[who];
          for (let step = 0; step < steps && passer.isThere; step++) act(passer);
          if (isKilled) passer.kill();
          if (isKilled && passer.isInside) takenOver++;
          if (!passer.isThere) there[who] = enter();
        }
        // Enough for all who are left, and for a last one behind those who were killed.
        for (const passer of [...there, enter()]) {
          for (let step = 0; passer.isThere; step++) {
            assert.ok(step < 10_000, 'he never comes through');
            for (const each of all.values()) if (each.isThere) act(each);
          }
        }
        assert.ok(!existsSync(door));
      }),
      { numRuns: 500 },
    );
    assert.ok(takenOver > 30);
  });

  it('leave nothing behind, and clear what those who were killed have left once one of their doors is taken over', (t) => {
    const folder = tempFolder(t);
    const door = join(folder, 'door');
    const killed = new Set<string>();
    const isLeft = (text: string): boolean => killed.has(text);
    const passer = (text: string): Passer => new Passer(door, text, isLeft);
    const through = (one: Passer): void => {
      while (one.isThere) one.step();
    };
    through(passer('first'));
    assert.deepEqual(readdirSync(folder), []);
    for (let steps = 1; steps < 25; steps++) {
      const inside = passer(`inside ${steps}`);
      while (!inside.isInside) inside.step();
      inside.kill();
      killed.add(inside.key.text);
      const taker = passer(`taker ${steps}`);
      for (let step = 0; step < steps; step++) taker.step();
      taker.kill();
      killed.add(taker.key.text);
    }
    // A claim on someone who has passed leads nowhere, and a file that a power cut has emptied belongs to nobody.
    writeFileSync(join(folder, 'door.after.0'), 'someone else');
    const last = passer('inside last');
    while (!last.isInside) last.step();
    last.kill();
    killed.add(last.key.text);
    through(passer('last'));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('do not take down the door of another one', (t) => {
    const door = join(tempFolder(t), 'door');
    const isLeft = (text: string): boolean => text === 'slow';
    const slow = new Passer(door, 'slow', isLeft);
    while (!slow.isInside) slow.step();
    const other = new Passer(door, 'other', isLeft);
    while (!other.isInside) other.step();
    while (slow.isThere) slow.step();
    assert.equal(readFileSync(door, 'utf8'), 'other');
    while (other.isThere) other.step();
    assert.ok(!existsSync(door));
  });
});
