import { Command, InvalidArgumentError } from 'commander';
import { type KafkaCommand, kafkaCommands } from '../../transport/kafka/rights/command-rights.js';
import { addGlobalFlags, groupName } from '../flags/common.js';
import { addLogFlags } from '../flags/log.js';
import { addInputFlags } from '../flags/input.js';
import { groupDefault, rowsTopic } from '../flags/prefix.js';
import type { DoctorFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function doctorCommand(console: Console): Command {
  const command = new Command('doctor')
    .description('check everything that dtstream needs, and say how to fix what is wrong')
    .argument('[input...]', 'inputs to check as well: files, globs, directories, s3://bucket/prefix')
    .option('--topic <name>', 'topic of the rows', rowsTopic)
    .option('--group <name>', 'group that processes them', groupName, groupDefault)
    .option(
      '--for <commands>',
      `commands whose Kafka rights must be complete: ${kafkaCommands.join(',')} (default: any one of them)`,
      commandList,
    )
    .option('--json', 'print the findings as a JSON object', false)
    .addHelpText('after', details)
    .action(async (inputs: string[], flags: DoctorFlags) => {
      const { runDoctor } = await import('./run.js');
      await runDoctor(console, inputs, flags);
    });
  return addInputFlags(addGlobalFlags(addLogFlags(command)));
}

function commandList(text: string): KafkaCommand[] {
  return text.split(',').map((name) => {
    const command = kafkaCommands.find((known) => known === name.trim());
    if (command === undefined) throw new InvalidArgumentError(`must be of ${kafkaCommands.join(', ')}, got ${name}`);
    return command;
  });
}

const details = `
Use the same flags, variables and configuration file as for the other commands. doctor changes nothing: it creates no
topic, group or store.

Examples:
  dtstream doctor
  dtstream doctor --brokers broker1:9092 --group shift
  dtstream doctor --brokers broker1:9092 --for process,verify
  dtstream doctor s3://muons/run591/ --json

Exit code: 0 no check failed (there may be warnings), 1 a check failed.`;
