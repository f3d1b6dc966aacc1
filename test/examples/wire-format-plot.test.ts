import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runCli } from '../helpers/program/cli.js';
import { runExample, skipPython } from '../helpers/program/python.js';
import { wireSchemaUrl } from '../helpers/assert/wire-schema.js';
import { assertDrawn } from './picture.js';

describe('the plot of docs/wire-format.md', { skip: skipPython }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-plot-'));
  after(() => rmSync(dir, { recursive: true }));

  it('draws the occupancy of a message', async () => {
    const rows = join(dir, 'rows.csv');
    const simulated = await runCli(['simulate', '--rows', '5000', '--seed', '3', '--out', rows, '--quiet']);
    assert.equal(simulated.code, 0, simulated.stderr);
    const { stdout } = await runCli(['process', rows, '--threads', '1', '--quiet']);
    writeFileSync(join(dir, 'messages.ndjson'), stdout);
    const page = readFileSync(new URL('./wire-format.md', wireSchemaUrl), 'utf8');
    const program = /^```python\n([^]*?)^```$/m.exec(page)?.[1];
    assert.ok(program !== undefined && program.trim().split('\n').length <= 15);
    writeFileSync(join(dir, 'plot.py'), program);
    await runExample(join(dir, 'plot.py'), [], dir);
    await assertDrawn(join(dir, 'occupancy.png'));
  });
});
