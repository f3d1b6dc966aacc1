/** Row codes, as in src/domain/row-code.ts. */
export const scintillator: u32 = 4096;
export const droppedHead: i32 = 4112;
/** HEAD of a hit. */
export const hitHead: i32 = 2;
