export { decodeLines, record, row } from './csv';
export { decodeWords } from './words';
export { countKinds, findFirst, routeRows, scintillatorRows } from './route';
export { closeHits, lates, scintillators } from './close';
export { entries, useTable } from './table';
export { countSeen, orbitFirst, orbitLast, sweep } from './sweep';
export { firstFree } from './memory';
