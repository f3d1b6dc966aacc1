import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figuresTable, truthFigures } from './figures.js';

/** A part of what `npm run truth` does. */
const muons = 50_000;

describe('physics of simulated muons', () => {
  it('is within the bounds of docs/physics.md', async (t) => {
    for (const { what, figures } of await truthFigures(muons)) {
      t.diagnostic(`${what}\n${figuresTable(figures)}`);
      const missed = figures.filter(({ isMet }) => !isMet);
      assert.equal(missed.length, 0, `${what}\n${figuresTable(missed)}`);
    }
  });
});
