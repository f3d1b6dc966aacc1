import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { freePort } from '../helpers/servers/free-port.js';
import { skipKafka, startBroker } from '../helpers/servers/kafka-broker.js';
import { tempFolder } from '../sources/temp-folder.js';
import { assertShown, shownCommands } from './console.js';
import { sourceText } from './source-text.js';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/operations.md', root), 'utf8');
const sources = sourceText();
const broker = '127.0.0.1:9092';
const noShell = process.platform === 'win32' && 'its commands are for a POSIX shell';
const noCurl = spawnSync('curl', ['--version']).status !== 0 && 'curl is not installed';

describe('docs/operations.md', () => {
  const commands = shownCommands('docs/operations.md');
  const isKafka = ({ line }: { readonly line: string }): boolean => line.includes(broker);

  it('shows what its commands print, on one machine', { skip: noShell || noCurl }, async (context) => {
    const port = await freePort();
    const own = commands.filter((command) => !isKafka(command));
    assert.ok(own.length >= 10);
    const shown = own.map(({ line, output }) => ({ line: line.replaceAll('9464', String(port)), output }));
    await assertShown(shown, tempFolder(context));
  });

  it('shows what its commands print, with Kafka', { skip: noShell || skipKafka }, async (context) => {
    const kafka = await startBroker();
    context.after(() => kafka.close());
    const own = commands.filter(isKafka);
    assert.ok(own.length >= 4);
    const at = (text: string): string => text.replaceAll(broker, kafka.brokers);
    const quiet = tempFolder(context, { 'dtstream.yaml': 'defaults: { quiet: true }\n' });
    await assertShown(
      own.map(({ line, output }) => ({ line: at(line), output: at(output) })),
      quiet,
    );
  });

  it('names every metric that there is, and no other', () => {
    const suffixed = page.match(/dtstream_[a-z_]+/g) ?? [];
    const named = new Set(suffixed.map((name) => name.replace(/_bucket$/, '')));
    const there = new Set([...sources.matchAll(/'(dtstream_[a-z_]+)'/g)].map(([, name]) => name));
    assert.deepEqual([...named].sort(), [...there].sort());
  });
});
