export { decodeLines, record, row } from './csv';
export { useColumn, useLayout, useReading } from './layout';
export { decodeWords } from './words';
export { countKinds, findFirst, routeRows, scintillatorRows } from './route';
export { closeHits, lates, scintillators } from './close';
export { entries, findAgain, useTable } from './table';
export { countSeen, orbitFirst, orbitLast, sweep } from './sweep';
export { firstFree } from './memory';
