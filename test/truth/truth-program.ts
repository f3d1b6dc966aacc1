import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/commands/flags/quantity.js';
import { figuresTable, truthFigures } from './figures.js';

/*
 * npm run truth                    physics against the truth of a million simulated muons, three times
 * npm run truth -- --muons 50k     of fewer
 */
const { values } = parseArgs({ options: { muons: { type: 'string', default: '1M' } } });
const parts = await truthFigures(wholeNumber(1000)(values.muons));
for (const { what, figures } of parts) console.log(`${what}\n\n${figuresTable(figures)}\n`);
if (parts.some(({ figures }) => figures.some(({ isMet }) => !isMet))) process.exitCode = 1;
