const isAll = process.env.DTSTREAM_TEST_ALL === 'true';

/** Random cases of a law that takes long: all of them in `npm run test:all`, some each time in `npm test`. */
export function casesOf(all: number): number {
  return isAll ? all : Math.ceil(all / 5);
}
