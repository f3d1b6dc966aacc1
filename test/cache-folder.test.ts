import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cacheFolder } from '../src/cache-folder.js';

describe('cacheFolder', () => {
  it('is where the environment says, if that is a whole path', () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/var/cache/lab' }, 'linux'), join('/var/cache/lab', 'dtstream'));
    assert.equal(cacheFolder({ XDG_CACHE_HOME: 'here' }, 'linux'), join(homedir(), '.cache', 'dtstream'));
  });

  it('is else the one of the platform', () => {
    assert.equal(cacheFolder({}, 'linux'), join(homedir(), '.cache', 'dtstream'));
    assert.equal(cacheFolder({}, 'darwin'), join(homedir(), 'Library', 'Caches', 'dtstream'));
  });
});
