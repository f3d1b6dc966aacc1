import type { Command } from 'commander';

/** Adds the flags with which a command deletes the topics that it writes before it begins. */
export function addRecreateFlags(command: Command, topics: string): Command {
  return command
    .option('--recreate-topics', `delete ${topics} in Kafka with all contents and create it again; asks first`, false)
    .option('--yes', 'delete without asking', false);
}
