import { transportContract } from '../../transport/contract.js';
import { MemoryLog } from './memory-log.js';

transportContract('the log in memory', () => {
  const log = new MemoryLog();
  const cleanup = (): Promise<void> => log.close();
  return Promise.resolve({ transport: log, another: () => Promise.resolve(log.another()), cleanup });
});
