import { forEachLimited } from '../../operate/limited';
import { NotFoundError } from '../../operate/operator';
import { rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { listRollouts } from '../../operate/rollouts/list-rollouts';
import { commandOf, type OptionSpecs } from '../command-line';
import { wholeNumber } from '../option-values';
import type { Output } from '../output/output';
import { ROLLOUT_COLUMNS, rolloutRow, statusColour } from './rollout-view';
import { SESSION_OPTIONS, withSession } from './session';

/** Options of lists. */
export const PAGE_OPTIONS = {
  limit: { value: 'N', default: '20', description: 'at most N' },
  next: { value: 'TOKEN', description: 'go on where the last page ended; it prints the token' },
} as const satisfies OptionSpecs;

/** Two calls per roll-out, not all at once: IoT Jobs throttles. */
const AT_ONCE = 4;

export const printNext = (output: Output, nextToken: string | undefined): void => {
  if (nextToken !== undefined) output.line(`More: --next ${nextToken}`, 'dim');
};

export const rolloutList = () =>
  commandOf({
    name: 'list',
    description: 'Lists the roll-outs of the stack, the newest first.',
    options: { ...PAGE_OPTIONS, ...SESSION_OPTIONS },
    run: (values) => {
      const limit = wholeNumber('limit', values.limit, 1, 250);
      return withSession(values, async ({ operator, output }) => {
        const page = await listRollouts(operator, {
          limit,
          ...(values.next !== undefined && { nextToken: values.next }),
        });
        const found = await forEachLimited(page.items, AT_ONCE, ({ jobId }) =>
          // Of another stack with the same prefix, or deleted meanwhile.
          rolloutWithDocument(operator, jobId).catch((error: unknown) => {
            if (error instanceof NotFoundError) return undefined;
            throw error;
          }),
        );
        const rollouts = found.filter((rollout) => rollout !== undefined);
        if (values.json) return output.json({ rollouts, nextToken: page.nextToken });
        if (rollouts.length === 0) output.line('There are no roll-outs. wme rollout create makes one.');
        else
          output.table(
            ROLLOUT_COLUMNS,
            rollouts.map((rollout) => rolloutRow(rollout, operator.now())),
            statusColour,
          );
        printNext(output, page.nextToken);
      });
    },
  });
