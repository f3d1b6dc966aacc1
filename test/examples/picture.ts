import assert from 'node:assert/strict';
import { runExample } from '../helpers/program/python.js';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  /** Share of the pixels that are not white. */
  readonly drawn: number;
}

/** Asserts that a PNG shows something: frames, letters and bars, and not one colour all over. */
export async function assertDrawn(png: string): Promise<void> {
  const { width, height, colours, drawn } = JSON.parse(await runExample('test/examples/picture.py', [png])) as Picture;
  assert.ok(width >= 400 && height >= 400, `${width} x ${height} pixels`);
  assert.ok(colours >= 20, `${colours} colours`);
  assert.ok(drawn > 0.03 && drawn < 0.8, `${drawn} of it is drawn on`);
}
