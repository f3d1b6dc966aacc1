import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hoistGlobalFlags } from '../../src/commands/hoist-global-flags.js';

it('global flags may come before the command', () => {
  const hoist = (line: string): string => hoistGlobalFlags(line.split(' ')).join(' ');
  assert.equal(hoist('topics --store log'), 'topics --store log');
  assert.equal(hoist('--store log topics --json'), 'topics --json --store log');
  assert.equal(hoist('--quiet --config=a.yaml --brokers b:1 process'), 'process --quiet --config=a.yaml --brokers b:1');
  assert.equal(hoist('--quiet process -- --store'), 'process --quiet -- --store');
  for (const line of ['--version', '--help topics', 'process --quiet x.dat', '-h']) assert.equal(hoist(line), line);
});
