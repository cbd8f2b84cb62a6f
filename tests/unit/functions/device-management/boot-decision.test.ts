import type { CurrentCommand } from '../../../../functions/device-management/devices';
import { decideBoot, isOutcome } from '../../../../functions/device-management/message-handler/boot';

const ID = 'job-1.2';
const TARGET = '1.2.3';
const OLD = '1.2.1';
const current = (fields: Partial<CurrentCommand> = {}): CurrentCommand => ({
  ...{ operationId: ID, command: 'download', requestId: 'r', firmwareVersion: TARGET },
  ...{ awaitsBoot: true, askedAt: 100, downloaded: false, booted: false },
  ...fields,
});

const YES = true;
const NO = false;

describe('a boot', () => {
  /** What the device was asked for (has it the firmware?), what its boot names and reports, and what that means. */
  test.each<readonly [boolean, string, string | undefined, string]>([
    // downloaded, named operation, version → decision
    [NO, '', TARGET, 'report'],
    [NO, '', OLD, 'ignore: the firmware is not on the device yet'],
    [NO, '', undefined, 'ask'],
    [NO, ID, TARGET, 'report'],
    [NO, ID, OLD, 'report'],
    [NO, ID, undefined, 'ask, any version counts'],
    [NO, 'job-1.1', TARGET, 'report'],
    [NO, 'job-1.1', OLD, 'ignore: it names another operation'],
    [NO, 'job-1.1', undefined, 'ignore: it names another operation'],
    [YES, '', TARGET, 'report'],
    [YES, '', OLD, 'report'],
    [YES, '', undefined, 'ask, any version counts'],
    [YES, ID, TARGET, 'report'],
    [YES, ID, OLD, 'report'],
    [YES, ID, undefined, 'ask, any version counts'],
    [YES, 'job-1.1', TARGET, 'report'],
    [YES, 'job-1.1', OLD, 'ignore: it names another operation'],
    [YES, 'job-1.1', undefined, 'ignore: it names another operation'],
  ])('(downloaded: %s) that names "%s" and reports %s: %s', (downloaded, operationId, firmwareVersion, expected) => {
    const boot = { operationId, ...(firmwareVersion !== undefined && { firmwareVersion }) };
    const decision = decideBoot(current({ downloaded }), boot);
    if (decision.kind === 'ignore') expect(`ignore: ${decision.reason}`).toBe(expected);
    if (decision.kind === 'ask-version')
      expect(decision.isOfOperation ? 'ask, any version counts' : 'ask').toBe(expected);
    if (decision.kind === 'report')
      expect([decision.kind, decision.firmwareVersion]).toEqual([expected, firmwareVersion]);
    if (decision.kind !== 'ignore') expect(decision.operationId).toBe(ID);
  });

  test.each([
    ['nothing was asked for', undefined],
    ['the firmware is only to be staged', current({ awaitsBoot: false, downloaded: true })],
  ])('has no consequence when %s', (_, command) => {
    expect(decideBoot(command, { operationId: ID, firmwareVersion: TARGET }).kind).toBe('ignore');
  });
});

describe('a version without a boot', () => {
  test.each<readonly [boolean, string, boolean, number | undefined, boolean]>([
    // booted, version, new, as of → the outcome?
    [NO, TARGET, YES, undefined, YES],
    [NO, TARGET, YES, 100, YES],
    [NO, TARGET, YES, 99, NO],
    [NO, TARGET, NO, undefined, NO],
    [NO, OLD, YES, undefined, NO],
    [NO, OLD, NO, undefined, NO],
    [YES, TARGET, YES, undefined, YES],
    [YES, TARGET, NO, undefined, YES],
    [YES, OLD, YES, 100, YES],
    [YES, OLD, NO, undefined, YES],
    [YES, OLD, NO, 99, NO],
  ])('(booted: %s) of %s (new: %s, as of %s) is the outcome: %s', (booted, firmwareVersion, isNew, asOf, expected) => {
    expect(isOutcome(current({ booted }), { firmwareVersion, isNew, asOf })).toBe(expected);
  });

  test('is no outcome when nothing was asked for, or the firmware is only to be staged', () => {
    const version = { firmwareVersion: TARGET, isNew: true };
    expect(isOutcome(undefined, version)).toBe(false);
    expect(isOutcome(current({ awaitsBoot: false, booted: true }), version)).toBe(false);
  });
});
