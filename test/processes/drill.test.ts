import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { assertFails, runCli } from '../helpers/program/cli.js';
import { tempFolder } from '../sources/temp-folder.js';

/** What the JSON of a drill must say. */
const drillSchema = z.object({
  faults: z.array(
    z.object({
      fault: z.string(),
      runs: z.number(),
      found_percent: z.number().nullable(),
      latency_median_s: z.number().nullable(),
      expected_s: z.number().nullable(),
      right_object_percent: z.number().nullable(),
      extra: z.array(z.string()),
      result: z.string(),
    }),
  ),
  healthy: z.array(z.object({ hours: z.number(), raised: z.array(z.string()), warnings: z.array(z.string()) })),
});

/** All of them are 20 million rows, about 25 s of a core, most of them for the references and the half hour: room for a busy machine. */
const timeoutMs = 300_000;

describe('dtstream drill', () => {
  it('finds a dead, a hot and a lost part, and raises nothing in half an hour without a fault', async () => {
    const faults = 'dead:1:37,hot:1:37:10,lost-chamber:1';
    const words = ['drill', '--rate-factor', '1', '--seeds', '1', '--after', '60s', '--healthy', '30m', '--json'];
    const { code, stdout, stderr } = await runCli([...words, '--quiet', '--fault', faults], { timeoutMs });
    assert.equal(code, 0, stderr + stdout);
    const drill = drillSchema.parse(JSON.parse(stdout));
    assert.deepEqual(
      drill.faults.map(({ fault, found_percent, right_object_percent, extra, result }) => [fault, found_percent, right_object_percent, extra, result]),
      faults.split(',').map((fault) => [fault, 100, 100, [], 'ok']),
    ); // prettier-ignore
    for (const { latency_median_s: latencyS, fault } of drill.faults) {
      assert.ok(latencyS !== null && latencyS > 0 && latencyS < 20, `${fault}: ${latencyS} s`);
    }
    const [{ hours, raised, warnings }] = drill.healthy;
    assert.ok(hours >= 0.5 && hours < 0.51, String(hours));
    assert.deepEqual([raised, warnings], [[], []]);
  });

  it('finds a dead channel in the messages of a log, and leaves nothing behind', async (t) => {
    const folder = tempFolder(t);
    const words = ['drill', '--log', '--fault', 'dead:1:37', '--before', '300s', '--after', '30s', '--json', '--quiet'];
    const { code, stdout, stderr } = await runCli(words, { timeoutMs, env: { TMPDIR: folder } });
    assert.equal(code, 0, stderr + stdout);
    const drill = drillSchema.parse(JSON.parse(stdout));
    assert.deepEqual(drill.faults.map(({ found_percent, extra }) => [found_percent, extra]), [[100, []]]); // prettier-ignore
    assert.ok(existsSync(folder));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('ends with 1 where a demand is not met', async (t) => {
    // A band so narrow that a channel with six tenths of its hits is an alarm, which it must not be.
    const cwd = tempFolder(t, { 'narrow.yaml': 'quality: { bandLow: 0.95, alternativeLow: 0.7 }\n' });
    const words = ['drill', '--rate-factor', '1', '--seeds', '1', '--no-healthy', '--before', '300s', '--after', '60s'];
    const fault = ['--config', 'narrow.yaml', '--fault', 'weak:1:37:0.6'];
    const result = await runCli([...words, ...fault, '--quiet'], { cwd, timeoutMs });
    assertFails(result, 1, /1 demand was not met/);
    assert.match(result.stdout, /weak:1:37:0\.6 .* FAILED: raised channel_low@1:37 \(seed 1\)/);
  });
});
