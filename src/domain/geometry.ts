/** Channels of one chamber, at most: 4 layers of 16 cells. */
export const chamberChannels = 64;
export const chamberLayers = 4;

/** Most chambers that one geometry may have. */
export const chambersMax = 64;

/** Geometry of a drift cell, in mm. */
export const cellWidthMm = 42;
const cellHeightMm = 13;

/** A drift-tube chamber: where its wires are read out and where it stands. */
export interface Chamber {
  /** Read-out board of the chamber. */
  fpga: number;
  /** Channel of the chamber's first wire on that board. */
  channelFirst: number;
  /** Channels from there on: a multiple of 4, at most 64. */
  channels: number;
  /** Height of the chamber's lower edge above the floor, in mm. */
  zMm: number;
  /** Where the chamber's edge stands along its layers, in mm: a whole number of um. */
  xMm: number;
  /** Which view the chamber measures: a rotated one is turned by 90 degrees. */
  rotated: boolean;
  /** Drift-time offset, in ns. */
  t0Ns: number;
}

/** A channel that carries an external or internal trigger. */
export interface Trigger {
  fpga: number;
  channel: number;
  name?: string | undefined;
  /** Whether drift times may be measured from it. */
  time: boolean;
  /** Chambers whose drift times are. */
  chambers: 'all' | number[];
}

/** The units of time of the read-out: what one count of each field of a hit stands for. */
export interface ClockUnits {
  /** Bunch crossings in an orbit. */
  orbitBx: number;
  /** Length of a bunch crossing, in ns. */
  bxNs: number;
  /** TDC counts in a bunch crossing. */
  bxTdcCounts: number;
}

/** Which wires make a chamber, where it stands, which channels carry the external trigger, and what the clock counts. */
export interface Geometry {
  chambers: Chamber[];
  triggers: Trigger[];
  clock: ClockUnits;
  /** Drift velocity of the electrons, in um/ns. */
  driftVelocityUmNs: number;
}

/** The muon telescope at the LHC clock: four chambers on two boards, the scintillator on FPGA 1 channel 128. */
export const defaultGeometry: Geometry = {
  chambers: [
    { fpga: 0, channelFirst: 0, channels: 64, zMm: 219.8, xMm: 0, rotated: false, t0Ns: 95 - 1.1 },
    { fpga: 0, channelFirst: 64, channels: 64, zMm: 977.3, xMm: 0, rotated: true, t0Ns: 95 + 6.4 },
    { fpga: 1, channelFirst: 0, channels: 64, zMm: 1035.6, xMm: 0, rotated: false, t0Ns: 95 + 0.5 },
    { fpga: 1, channelFirst: 64, channels: 64, zMm: 1819.8, xMm: 0, rotated: false, t0Ns: 95 - 2.6 },
  ],
  triggers: [{ fpga: 1, channel: 128, time: true, chambers: 'all' }],
  clock: { orbitBx: 3564, bxNs: 25, bxTdcCounts: 30 },
  driftVelocityUmNs: 53.8,
};

/** Length of an orbit in ns: 89,100 at the LHC clock. */
export function orbitNsOf({ orbitBx, bxNs }: ClockUnits): number {
  return orbitBx * bxNs;
}

/** Layer of a chamber's channel (0-63), counted from the top: 0, 1, 2 or 3. */
export function layerOf(channel: number): number {
  return [0, 2, 1, 3][channel & 3] ?? 0;
}

/** Position of a channel's wire in mm: `x` along the layer, `y` above the floor. */
export function wirePositionMm(chamber: Chamber, channel: number): { x: number; y: number } {
  const layer = layerOf(channel);
  return {
    x: chamber.xMm + cellWidthMm * (channel >> 2) + cellWidthMm / 2 + (cellWidthMm / 2) * (layer & 1),
    y: chamber.zMm + cellHeightMm * (4 - layer) - cellHeightMm / 2,
  };
}
