import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { freePort } from '../helpers/servers/free-port.js';
import { type KafkaBroker, skipKafka, startBroker } from '../helpers/servers/kafka-broker.js';
import { tempFolder } from '../sources/temp-folder.js';
import { assertShown, commandsIn, type ShownCommand } from './console.js';
import { sourceText } from './source-text.js';

const page = new URL('../../../docs/errors.md', import.meta.url);
const noShell = process.platform === 'win32' && 'its commands are for a POSIX shell';
const metricsPort = '9464';

/** A section of the page: an error text with what brings it about. */
interface Section {
  readonly text: string;
  readonly commands: readonly ShownCommand[];
  /** Tests that it links. */
  readonly tests: readonly string[];
}

interface Family {
  readonly name: string;
  readonly sections: readonly Section[];
}

const families = familiesOf(readFileSync(page, 'utf8'));
const sections = families.flatMap((family) => family.sections);
const shown = sections.filter(({ commands }) => commands.length > 0);
const isKafka = ({ commands }: Section): boolean => commands.some(({ line }) => line.includes('--brokers 127.0.0.1:9'));

describe('docs/errors.md', () => {
  it('explains only texts that the program has', () => {
    const sources = sourceText();
    assert.ok(sections.length >= 85);
    for (const { text } of sections) assert.ok(sources.includes(text), text);
  });

  it('shows each text in a block, or names a test that has it', () => {
    for (const { text, commands, tests } of sections) {
      const isShown = commands.some(({ output }) => output.includes(text));
      assert.ok(isShown || tests.some((test) => plain(test).includes(plain(text))), text);
    }
    assert.ok(shown.length > sections.length / 2);
  });

  it('has the texts of each family in the order of the alphabet', () => {
    for (const family of families) {
      const texts = family.sections.map(({ text }) => text.toLowerCase());
      assert.ok(texts.length > 0, family.name);
      assert.deepEqual(texts, [...texts].sort(), family.name);
    }
  });
});

describe('the blocks of docs/errors.md', { skip: noShell, concurrency: 2 }, () => {
  describe('on one machine', { concurrency: 2 }, () => {
    for (const section of shown.filter((candidate) => !isKafka(candidate))) {
      it(`print what they show: ${section.text}`, async (context) => {
        const port = String(await freePort());
        await assertSection(section, (text) => text.replaceAll(metricsPort, port), tempFolder(context));
      });
    }
  });

  describe('with Kafka', { skip: skipKafka }, () => {
    let kafka: KafkaBroker;
    before(async () => {
      kafka = await startBroker({
        security: 'sasl-tls',
        listeners: [
          { name: 'OPEN', protocol: 'PLAINTEXT' },
          { name: 'USERS', protocol: 'SASL_PLAINTEXT' },
          { name: 'WRONG', protocol: 'PLAINTEXT', advertisedPort: 1 },
        ],
      });
    });
    after(() => kafka.close());

    /** The addresses of the page as they are here. */
    function here(text: string): string {
      const { OPEN, USERS, WRONG } = kafka.listeners;
      const addresses = { 9092: OPEN, 9093: kafka.brokers, 9094: USERS, 9095: WRONG };
      return Object.entries(addresses).reduce((all, [port, own]) => all.replaceAll(`127.0.0.1:${port}`, own), text);
    }

    /** With what the page says of the user `guest`. */
    function folderOf(context: TestContext): string {
      const folder = tempFolder(context);
      writeFileSync(join(folder, 'password'), 'guest-secret');
      writeFileSync(join(folder, 'ca.pem'), kafka.ca ?? '');
      return folder;
    }

    for (const section of shown.filter(isKafka)) {
      it(`print what they show: ${section.text}`, (context) => assertSection(section, here, folderOf(context)));
    }
  });
});

/** An error that ends a command with another code than 1 shows it with `echo $?`. */
async function assertSection({ commands }: Section, here: (text: string) => string, folder: string): Promise<void> {
  const own = commands.map(({ line, output }) => ({ line: here(line), output: here(output) }));
  await assertShown(own, folder, 1);
}

function familiesOf(text: string): Family[] {
  return parts(text, /^## /m).map(({ title, body }) => ({
    name: title,
    sections: parts(body, /^### /m).map((section) => ({
      text: section.title.replace(/^`(.*)`$/, '$1'),
      commands: commandsIn(section.body),
      tests: [...section.body.matchAll(/\]\((\S+\.test\.ts)\)/g)].map(([, path]) =>
        readFileSync(new URL(path, page), 'utf8'),
      ),
    })),
  }));
}

/** What follows each heading. */
function parts(text: string, heading: RegExp): { readonly title: string; readonly body: string }[] {
  return text
    .split(heading)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { title: part.slice(0, end), body: part.slice(end) };
    });
}

/** Without what a regular expression escapes. */
function plain(text: string): string {
  return text.replaceAll('\\', '');
}
