import type { Violation, World } from '../world';
import { ghostCommands, leftLetters, repeatedDownloads } from './commands';
import { disagreements, falseSuccesses, unfinished } from './outcomes';

/** What holds after every campaign. @returns what does not */
export const violationsOf = (world: World, slackMs: number): readonly Violation[] => [
  ...unfinished(world),
  ...falseSuccesses(world),
  ...disagreements(world),
  ...repeatedDownloads(world),
  ...ghostCommands(world, slackMs),
  ...leftLetters(world),
];
