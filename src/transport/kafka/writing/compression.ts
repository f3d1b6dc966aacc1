/** How the records of a batch are packed, in the order of the numbers that the protocol gives them. */
export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof compressions)[number];
