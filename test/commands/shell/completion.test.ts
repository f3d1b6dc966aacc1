import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { runCommand } from '../../helpers/program/cli.js';

const noShell = (shell: string): string | false =>
  spawnSync(shell, ['-c', ':']).status === 0 ? false : `${shell} is not installed`;

/** The script that the program prints for a shell. */
async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['completion', shell]);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

/** What bash offers at the end of a command line. */
function offered(script: string, line: string): string[] {
  const ask = 'eval "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _dtstream; printf "%s\\n" "${COMPREPLY[@]}"';
  const out = execFileSync('bash', ['-c', ask, 'bash', script, ...line.split(' ')], { encoding: 'utf8' });
  return out.split('\n').filter((word) => word !== '');
}

describe('the completion of bash', { skip: noShell('bash') }, () => {
  const cases: readonly [line: string, words: readonly string[]][] = [
    ['dtstream pro', ['produce', 'process']],
    ['dtstream --v', ['--version']],
    ['dtstream process --thr', ['--threads']],
    ['dtstream process --orbit-detail ', ['auto', 'full', 'none']],
    ['dtstream process --orbit-detail = f', ['full']],
    ['dtstream process --threads ', []],
    ['dtstream --log-format process run.dat --sum', ['--summary']],
    ['dtstream config sh', ['show']],
    ['dtstream config show --js', ['--json']],
    ['dtstream completion ', ['bash', 'zsh', 'fish']],
    ['dtstream watch run', []],
  ];
  for (const [line, words] of cases) {
    it(`offers ${words.join(', ') || 'nothing'} after «${line}»`, async () => {
      assert.deepEqual(offered(await script('bash'), line), words);
    });
  }

  it('is registered for dtstream, and leaves file names to bash where a path is meant', async () => {
    const ask = 'eval "$1"; complete -p dtstream';
    const registered = execFileSync('bash', ['-c', ask, 'bash', await script('bash')], { encoding: 'utf8' });
    assert.equal(registered, 'complete -o bashdefault -o default -F _dtstream dtstream\n');
  });
});

for (const shell of ['zsh', 'fish']) {
  it(`${shell} reads its completion`, { skip: noShell(shell) }, async () => {
    const { status, stderr } = spawnSync(shell, ['--no-execute'], { input: await script(shell), encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
}

it('the completions of zsh and fish name every command and describe its flags', async () => {
  const [zsh, fish] = await Promise.all([script('zsh'), script('fish')]);
  assert.match(zsh, /^#compdef dtstream\n/);
  assert.match(zsh, /process\\:"compute the histograms of every chamber, batch by batch"/);
  assert.match(zsh, /'--orbit-detail=\[[^\n]*\]:how:\(auto full none\)'/);
  assert.match(
    fish,
    /^complete -c dtstream -n '__fish_seen_subcommand_from process' -l orbit-detail -r -a 'auto full none' -d '/m,
  );
  assert.match(fish, /^complete -c dtstream -n 'not __fish_seen_subcommand_from [^\n]*' -a process -d '/m);
});

it('a shell without a completion is refused with the ones that have', async () => {
  const { code, stderr } = await runCommand(['completion', 'bas']);
  assert.deepEqual(
    [code, stderr],
    [2, 'dtstream: shell must be one of bash, zsh, fish, got bas (did you mean bash?)\n'],
  );
});
