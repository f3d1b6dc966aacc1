export { decodeLines, record, row } from './csv';
export { useClock } from './keys';
export { useColumn, useLayout, useReading } from './layout';
export { decodeWords } from './words';
export { countKinds, findFirst, routeRows, triggerRows } from './route';
export { closeHits, lates, triggers } from './close';
export { entries, findAgain, useTable } from './table';
export { useChamber, usePlan, useSums, useTrigger } from './plan';
export { hitCount, touchedCount, useNotes } from './notes';
export { unitCount, unitHits, useUnits } from './drift-and-gates';
export {
  completeSums,
  countSeen,
  orbitCount,
  orbitFirst,
  orbitLast,
  slotCount,
  slotsAscend,
  sweep,
  useSlots,
} from './sweep';
export { useCells, useSegments } from './segment-plan';
export { useSegmentCounts } from './segment-counts';
export { firstFree } from './memory';
