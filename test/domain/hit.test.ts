import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { csvHeader, formatHit } from '../../src/domain/hit.js';

describe('the CSV form of a hit', () => {
  it('has the columns of the header in their order', () => {
    assert.equal(csvHeader, 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS');
    const hit = { head: 2, fpga: 1, tdcChannel: 128, orbitCnt: 4294967295, bxCounter: 3563, tdcMeas: 29 };
    assert.equal(formatHit(hit), '2,1,128,4294967295,3563,29');
  });

  it('keeps the decimals and the sign of an ancillary row', () => {
    const row = { head: 3, fpga: 0, tdcChannel: 1, orbitCnt: 7, bxCounter: 18504, tdcMeas: -9 };
    assert.equal(formatHit(row), '3,0,1,7,18504,-9');
    assert.equal(formatHit({ ...row, tdcMeas: 3.5 }), '3,0,1,7,18504,3.5');
  });
});
