import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  drawLine,
  redirectSaid,
  logLine,
  setLogFormat,
  writeForeignJson,
  writeJson,
  writeLines,
} from '../../../src/commands/console/stdio.js';
import { stateSink } from '../../../src/commands/watch/state-sink.js';
import { assertHarmless, harmfulPieces } from '../../helpers/assert-harmless.js';
import { emptyState } from '../../../src/results/dashboard-state.js';
import { feedNotes } from '../../../src/tui/panels/feed.js';

it('what is said while a screen is drawn becomes a note on it, until the log is read again', (t) => {
  const state = emptyState();
  const write = t.mock.method(process.stderr, 'write', () => true);
  redirectSaid((text) => (state.said = text));
  logLine('cannot read x: no broker answers\x1b[2J; trying again for 60 s', 'warn');
  redirectSaid(undefined);
  assert.equal(write.mock.callCount(), 0);
  assert.match(feedNotes(state)[0], /^cannot read x: no broker answers.*; trying again for 60 s$/);
  assert.ok(!feedNotes(state)[0].includes('\x1b'));
  stateSink(state).progress({ unread: 0, lostRecords: 0 });
  assert.ok(!feedNotes(state).join().includes('broker'));
  logLine('back');
  assert.deepEqual(write.mock.calls[0].arguments, ['dtstream: back\n']);
});

describe('what people are shown', () => {
  const hostile = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...harmfulPieces)))
    .map((parts) => parts.join(''));

  it('is one line on stderr, without a control, as text and as JSON', (t) => {
    const write = t.mock.method(process.stderr, 'write', () => true);
    t.after(() => setLogFormat('text'));
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('text', 'json'),
        fc.constantFrom('info', 'warn', 'error'),
        (text, format, level) => {
          setLogFormat(format);
          write.mock.resetCalls();
          logLine(text, level);
          const [line] = write.mock.calls.map((call) => String(call.arguments[0]));
          assert.equal(line.indexOf('\n'), line.length - 1);
          assertHarmless(line);
          if (format === 'json')
            assert.equal((JSON.parse(line) as { message: string }).message, JSON.parse(JSON.stringify(text)));
        },
      ),
    );
  });

  it('stays on the line that is drawn anew', (t) => {
    const write = t.mock.method(process.stderr, 'write', () => true);
    fc.assert(
      fc.property(hostile, (text) => {
        write.mock.resetCalls();
        drawLine(text);
        const drawn = String(write.mock.calls[0].arguments[0]);
        assert.ok(drawn.startsWith('\r\x1b[K'));
        assert.doesNotMatch(drawn.slice(4), /\n/);
        assertHarmless(drawn.slice(4));
      }),
    );
  });

  it('is as many lines on stdout as it was, without a control, as text and as JSON', async (t) => {
    const write = t.mock.method(process.stdout, 'write', () => true);
    const written = (): string => write.mock.calls.map((call) => String(call.arguments[0])).join('');
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(hostile, { minLength: 1 }), async (lines) => {
          write.mock.resetCalls();
          await writeLines(lines);
          assert.equal(written().split('\n').length, lines.length + 1);
          assertHarmless(written());
          write.mock.resetCalls();
          await writeJson({ lines }, 2);
          assertHarmless(written());
          assert.deepEqual(JSON.parse(written()), JSON.parse(JSON.stringify({ lines })));
        }),
      );
    } finally {
      write.mock.restore();
    }
  });

  it('of foreign JSON is its bytes in a pipe, and harmless on a terminal', async (t) => {
    const bytes = Buffer.from('{"a":"\x9b2J"}\x1b[2J\nü');
    const isTTY = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
    const write = t.mock.method(process.stdout, 'write', () => true);
    const said: string[] = [];
    try {
      for (const value of [false, true]) {
        Object.defineProperty(process.stdout, 'isTTY', { value, configurable: true });
        write.mock.resetCalls();
        await writeForeignJson(bytes);
        said.push(String(write.mock.calls[0].arguments[0]));
      }
    } finally {
      write.mock.restore();
      if (isTTY === undefined) Reflect.deleteProperty(process.stdout, 'isTTY');
      else Object.defineProperty(process.stdout, 'isTTY', isTTY);
    }
    assert.deepEqual(said, [`${bytes.toString()}\n`, String.raw`{"a":"\u009b2J"}\u001b[2J\u000aü` + '\n']);
  });

  it('has no user and no password of a URL in it', (t) => {
    const write = t.mock.method(process.stderr, 'write', () => true);
    logLine('cannot read https://me:hunter2@host/run.csv: not found');
    assert.deepEqual(write.mock.calls[0].arguments, [
      'dtstream: cannot read https://********@host/run.csv: not found\n',
    ]);
  });
});
