import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stateSink } from '../../../src/commands/watch/state-sink.js';
import { assertHarmless, harmfulPieces } from '../../helpers/assert/assert-harmless.js';
import { emptyState } from '../../../src/results/dashboard-state.js';
import { testConsole } from '../../helpers/program/test-process.js';
import { feedNotes } from '../../../src/tui/panels/frame/feed.js';

it('what is said while a screen is drawn becomes a note on it, until the log is read again', () => {
  const state = emptyState();
  const { console, process } = testConsole();
  console.redirectSaid((text) => (state.said = text));
  console.logLine('cannot read x: no broker answers\x1b[2J; trying again for 60 s', 'warn');
  console.redirectSaid(undefined);
  assert.equal(process.stderr.text, '');
  assert.match(feedNotes(state)[0], /^cannot read x: no broker answers.*; trying again for 60 s$/);
  assert.ok(!feedNotes(state)[0].includes('\x1b'));
  stateSink(state).progress({ unread: 0, lostRecords: 0 });
  assert.ok(!feedNotes(state).join().includes('broker'));
  console.logLine('back');
  assert.equal(process.stderr.text, 'dtstream: back\n');
});

describe('what people are shown', () => {
  const hostile = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...harmfulPieces)))
    .map((parts) => parts.join(''));

  it('is one line on stderr, without a control, as text and as JSON', () => {
    const { console, process } = testConsole();
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('text', 'json'),
        fc.constantFrom('info', 'warn', 'error'),
        (text, format, level) => {
          console.setLogFormat(format);
          console.logLine(text, level);
          const line = process.stderr.take();
          assert.equal(line.indexOf('\n'), line.length - 1);
          assertHarmless(line);
          if (format === 'json')
            assert.equal((JSON.parse(line) as { message: string }).message, JSON.parse(JSON.stringify(text)));
        },
      ),
    );
  });

  it('stays on the line that is drawn anew', () => {
    const { console, process } = testConsole();
    fc.assert(
      fc.property(hostile, (text) => {
        console.drawLine(text);
        const drawn = process.stderr.take();
        assert.ok(drawn.startsWith('\r\x1b[K'));
        assert.doesNotMatch(drawn.slice(4), /\n/);
        assertHarmless(drawn.slice(4));
      }),
    );
  });

  it('is as many lines on stdout as it was, without a control, as text and as JSON', async () => {
    const { console, process } = testConsole();
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1 }), async (lines) => {
        await console.writeLines(lines);
        const text = process.stdout.take();
        assert.equal(text.split('\n').length, lines.length + 1);
        assertHarmless(text);
        await console.writeJson({ lines }, 2);
        const json = process.stdout.take();
        assertHarmless(json);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify({ lines })));
      }),
    );
  });

  it('of foreign JSON is its bytes in a pipe, and harmless on a terminal', async () => {
    const { console, process } = testConsole();
    const bytes = Buffer.from('{"a":"\x9b2J"}\x1b[2J\nü');
    await console.writeForeignJson(bytes);
    process.stdout.isTTY = true;
    await console.writeForeignJson(bytes);
    const onTerminal = String.raw`{"a":"\u009b2J"}\u001b[2J\u000aü`;
    assert.equal(process.stdout.text, `${bytes.toString()}\n${onTerminal}\n`);
  });

  it('has no user and no password of a URL in it', () => {
    const { console, process } = testConsole();
    console.logLine('cannot read https://me:hunter2@host/run.csv: not found');
    assert.equal(process.stderr.text, 'dtstream: cannot read https://********@host/run.csv: not found\n');
  });
});

describe('the signal to stop', () => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    it(`comes with ${name}, to the console of that process only`, () => {
      const [one, other] = [testConsole(), testConsole()];
      const signals = [one, other].map(({ console }) => console.stopSignal());
      one.process.emit(name);
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [true, false],
      );
    });
  }

  it('ends the process when it comes a second time, but not as its own echo', async (t) => {
    const { console, process } = testConsole();
    const signal = console.stopSignal();
    let nowMs = 1000;
    t.mock.method(performance, 'now', () => nowMs);
    process.emit('SIGINT');
    nowMs += 500;
    process.emit('SIGINT');
    assert.ok(signal.aborted);
    nowMs += 1;
    assert.throws(() => process.emit('SIGINT'), /has ended with 130/);
    assert.equal(await process.exited, 130);
  });
});

describe('a stream that breaks', () => {
  const broken = (code: string, isTTY = false): number | undefined => {
    const { process } = testConsole();
    process.stdout.isTTY = isTTY;
    try {
      process.stdout.emit('error', Object.assign(new Error(code), { code, errno: -28 }));
    } catch (error) {
      return Number(/has ended with (\d)/.exec(String(error))?.[1]);
    }
    return undefined;
  };

  it('ends the process well where the reader has gone, and with 1 where a disk is full', () => {
    assert.deepEqual([broken('EPIPE'), broken('EIO', true), broken('EIO'), broken('ENOSPC')], [0, 0, 1, 1]);
  });

  it('is passed over on stderr', () => {
    const { process } = testConsole();
    process.stderr.emit('error', new Error('EPIPE'));
  });
});
