import { rowCode, wireCodes } from '../../domain/row-code.js';
import { hitHead, hitLimits } from '../../domain/hit.js';
import { orbitBlock } from '../../pipeline/produce/packer.js';
import { resolveSimulatorOptions } from '../../sources/simulator/options.js';
import { RowStream } from '../../sources/simulator/row-stream.js';
import type { Configuration } from '../runs/configuration.js';
import type { SentRow } from './latency-meter.js';

/**
 * The rows that `dtstream produce` makes with the simulator's defaults and this seed, in order: where each goes and
 * whether it is a hit. The yielded object is the same one every time.
 */
export function* sentRows(
  seed: number,
  { encoding, partitions }: Pick<Configuration, 'encoding' | 'partitions'>,
): Generator<SentRow> {
  const options = resolveSimulatorOptions({ seed, format: encoding });
  const stream = new RowStream(options);
  const wires = wireCodes(options.geometry);
  const sent = { partition: 0, orbit: 0, isHit: false };
  while (stream.advance()) {
    const { head, fpga, tdcChannel, orbitCnt } = stream.row;
    sent.partition = Math.floor(orbitCnt / orbitBlock) % partitions;
    sent.orbit = orbitCnt;
    sent.isHit = head === hitHead && wires[fpga * hitLimits.TDC_CHANNEL + tdcChannel] < rowCode.scintillator;
    yield sent;
  }
}
