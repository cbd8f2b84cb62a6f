import type { Command } from 'commander';
import { groupOf } from '../command-line';
import { consoleProgram } from '../console/console-program';
import { demoProgram } from '../demo/demo-program';
import { localProgram } from '../local/local-program';
import { redriveProgram } from '../redrive/redrive-program';
import { simulatorProgram } from '../simulator/simulator-program';
import { completionCommand } from './completion';
import { deviceCommands } from './device';
import { explainCommand } from './explain';
import { rolloutCancel, rolloutRetryFailed, rolloutWatch } from './rollout-act';
import { rolloutCreate } from './rollout-create';
import { rolloutList } from './rollout-list';
import { rolloutShow } from './rollout-show';

const rolloutCommands = () =>
  groupOf('rollout', 'Roll-outs: create, watch, list, show, cancel, retry-failed.', [
    ...[rolloutCreate(), rolloutWatch(), rolloutList(), rolloutShow(), rolloutCancel(), rolloutRetryFailed()],
  ]);

/** Everything an operator does, in one command. */
export const wmeProgram = (): Command => {
  const program: Command = groupOf(
    'wme',
    'Operates firmware roll-outs of a deployed stack, on AWS or on an embedded AWS (AWS_ENDPOINT_URL).',
    [
      ...[rolloutCommands(), deviceCommands(), explainCommand(), redriveProgram('redrive'), localProgram('local')],
      ...[
        simulatorProgram('simulate'),
        demoProgram('demo'),
        consoleProgram('console'),
        completionCommand(() => program),
      ],
    ],
  );
  return program;
};
