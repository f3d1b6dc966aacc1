import { StoreEnv } from '../../../src/transport/embedded/store/store-env.js';

/*
 * Programs for store-env.test.ts that share one environment: `write DIR COMMITS` counts up, one key per commit;
 * `open DIR` opens, reads and closes it until its standard input ends. Both tell on stdout how often.
 */

/** The key that says how many keys there are. */
export const countKey = Buffer.from('count');

export function numberKey(number: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(number));
  return key;
}

export function countIn(env: StoreEnv): number {
  return env.read((view) => Number(view.get(countKey)?.readBigUInt64BE() ?? 0n));
}

const [role, dir = '', commits = '0'] = process.argv.slice(2);
if (role === 'write') {
  const env = StoreEnv.open(dir, { writable: true });
  for (let number = 0; number < Number(commits); number++) {
    env.write((view) => {
      view.put(numberKey(number), Buffer.alloc(3000, number));
      view.put(countKey, numberKey(number + 1));
    });
  }
  env.release();
  console.log(commits);
} else if (role === 'open') {
  let isOver = false;
  process.stdin.resume().once('end', () => (isOver = true));
  let opens = 0;
  for (; !isOver; opens++) {
    const env = StoreEnv.open(dir, { writable: false });
    countIn(env);
    env.release();
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(opens);
}
