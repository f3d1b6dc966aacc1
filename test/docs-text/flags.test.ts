import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { allCommands, type CommandNode } from '../../src/commands/shell/command-tree.js';
import { commandsPage } from '../helpers/program/commands-page.js';
import { programTree } from '../helpers/program/program-tree.js';

const root = new URL('../../../', import.meta.url);
const tree = await programTree();
const allFlags = new Set(allCommands(tree).flatMap(({ flags }) => flags.map(({ long }) => long)));

/** Flags of other programs that the pages speak of: docker, systemctl, useradd, kafka-acls, npm, the build of the executable, codesign, bun, the benchmarks, `npm run truth`. */
const foreign = new Set([
  '--ignore-scripts',
  '--platform',
  '--sign',
  '--compile',
  '--profile',
  '--build',
  '--rm',
  '--system',
  '--now',
  '--add',
  '--allow-principal',
  '--operation',
  '--resource-pattern-type',
  '--transactional-id',
  '--bootstrap-server',
  '--delete',
  '--entity-type',
  '--without',
  '--muons',
  '--rounds',
  '--scale',
  '--page',
  '--pid',
]);

const pages = [
  ...readdirSync(root).map(String),
  ...readdirSync(new URL('docs', root), { recursive: true }).map((name) => `docs/${String(name)}`),
].filter((name) => name.endsWith('.md') && name !== 'docs/commands.md');

/** Pieces of a page that are code: blocks and spans. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].flatMap(([, block]) => block.split('\n'));
  const rest = text.replace(/^```[^]*?^```$/gm, '');
  return [...blocks, ...[...rest.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span)];
}

/** The command that the words after `dtstream` name. */
function commandOf(words: readonly string[]): CommandNode {
  let node = tree;
  for (const word of words) {
    const child = node.commands.find(({ path }) => path.at(-1) === word);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

const flagsIn = (text: string): string[] => text.match(/(?<=^|[\s`(=])--[a-z][\w-]*/g) ?? [];

describe('every flag of', () => {
  for (const page of pages) {
    it(`${page} is one of --help, and of the command that it stands with`, () => {
      for (const code of codeOf(readFileSync(new URL(page, root), 'utf8'))) {
        for (const flag of flagsIn(code)) assert.ok(allFlags.has(flag) || foreign.has(flag), `${flag} in «${code}»`);
        for (const [call, words] of code.matchAll(/(?<![\w/.-])dtstream ([^|;&<>#]*)/g)) {
          const command = commandOf(words.trim().split(/\s+/));
          for (const flag of flagsIn(call)) {
            assert.ok(command.flags.some(({ long }) => long === flag), `${flag} in «${call}»`); // prettier-ignore
          }
        }
      }
    });
  }
});

it('docs/commands.md has every flag of --help as it is now', async () => {
  const page = readFileSync(new URL('docs/commands.md', root), 'utf8');
  assert.equal(page, await commandsPage(tree), 'npm run docs writes it anew');
});
