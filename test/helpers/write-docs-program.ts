import { writeFileSync } from 'node:fs';
import { commandsPage } from './commands-page.js';
import { programTree } from './program-tree.js';

// `npm run docs`: writes the pages that are made from the program itself.
writeFileSync('docs/commands.md', await commandsPage(await programTree()));
