import { writeFileSync } from 'node:fs';
import { commandsPage } from './commands-page.js';
import { programTree } from './program-tree.js';

// `npm run docs`: writes the pages generated from the program.
writeFileSync('docs/commands.md', await commandsPage(await programTree()));
