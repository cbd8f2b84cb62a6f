import type { Boot, CurrentCommand } from '../../../../functions/device-management/devices';
import { decideBoot, isOutcome } from '../../../../functions/device-management/message-handler/boot';

const ID = 'job-1.2';
const OTHER = 'job-1.1';
const TARGET = '1.2.3';
const OLD = '1.2.1';
const [ASKED, BOOTED] = [100, 200];
const current = (fields: Partial<CurrentCommand> = {}): CurrentCommand => ({
  ...{ operationId: ID, command: 'download', requestId: 'r', firmwareVersion: TARGET },
  ...{ awaitsBoot: true, askedAt: ASKED },
  ...fields,
});
const boot = (fields: Partial<Boot> = {}): Boot => ({
  ...{ operationId: '', firmwareUpdated: true, receivedAt: BOOTED },
  ...fields,
});

describe('a boot', () => {
  const BEFORE = 'ignore: it was before the device was asked';
  const NOT_YET = 'ignore: it was before the firmware was on the device';
  const NOT_OURS = 'ignore: it names another operation';

  /** When the device reported the firmware; what its boot names and reports, and when it was received; what that means. */
  test.each<readonly [number | undefined, string, string | undefined, number, string]>([
    // downloaded at, named operation, version, received at → decision
    [undefined, '', TARGET, BOOTED, 'report'],
    [undefined, '', OLD, BOOTED, 'keep'],
    [undefined, '', undefined, BOOTED, 'keep'],
    [undefined, ID, TARGET, BOOTED, 'report'],
    [undefined, ID, OLD, BOOTED, 'report'],
    [undefined, ID, undefined, BOOTED, 'ask-version'],
    [undefined, OTHER, TARGET, BOOTED, 'report'],
    [undefined, OTHER, OLD, BOOTED, NOT_OURS],
    [undefined, OTHER, undefined, BOOTED, NOT_OURS],
    [150, '', TARGET, BOOTED, 'report'],
    [150, '', OLD, BOOTED, 'report'],
    [200, '', OLD, BOOTED, 'report'],
    [150, '', undefined, BOOTED, 'ask-version'],
    [150, ID, OLD, BOOTED, 'report'],
    [150, ID, undefined, BOOTED, 'ask-version'],
    [150, OTHER, TARGET, BOOTED, 'report'],
    [150, OTHER, OLD, BOOTED, NOT_OURS],
    [150, OTHER, undefined, BOOTED, NOT_OURS],
    [201, '', TARGET, BOOTED, 'report'],
    [201, '', OLD, BOOTED, NOT_YET],
    [201, '', undefined, BOOTED, NOT_YET],
    [201, ID, OLD, BOOTED, 'report'],
    ...[TARGET, OLD, undefined].flatMap((version) =>
      [undefined, 150].map((downloadedAt) => [downloadedAt, '', version, 99, BEFORE] as const),
    ),
    [150, OTHER, TARGET, 99, BEFORE],
  ])(
    '(downloaded at %s) that names "%s", reports %s and is received at %s: %s',
    (downloadedAt, operationId, firmwareVersion, receivedAt, expected) => {
      const decision = decideBoot(
        current({ ...(downloadedAt !== undefined && { downloadedAt }) }),
        boot({ operationId, receivedAt, ...(firmwareVersion !== undefined && { firmwareVersion }) }),
        undefined,
      );
      expect(decision.kind === 'ignore' ? `ignore: ${decision.reason}` : decision.kind).toBe(expected);
      if (decision.kind === 'report') expect(decision.firmwareVersion).toBe(firmwareVersion);
      if (decision.kind !== 'ignore') expect(decision.operationId).toBe(ID);
    },
  );

  /** A device that says when it has connected may report its first boot late: the connection tells how old the boot is. */
  test.each<readonly [number | undefined, number, string]>([
    // downloaded at, connected at → decision about a boot of the old version at 200 that names no operation
    [150, 180, 'report'],
    [150, 150, 'report'],
    [150, 200, 'report'],
    [150, 90, 'keep'],
    [150, 201, 'ignore'],
    [undefined, 180, 'keep'],
    [undefined, 90, 'keep'],
    [undefined, 201, 'ignore'],
    [201, 180, 'ignore'],
  ])('(downloaded at %s) in a connection since %s: %s', (downloadedAt, connectedAt, kind) => {
    const command = current({ ...(downloadedAt !== undefined && { downloadedAt }) });
    expect(decideBoot(command, boot({ firmwareVersion: OLD }), connectedAt).kind).toBe(kind);
    expect(decideBoot(command, boot({ firmwareVersion: TARGET }), connectedAt).kind).toBe('report');
    expect(decideBoot(command, boot({ operationId: ID, firmwareVersion: OLD }), connectedAt).kind).toBe('report');
  });

  /** The original's simulator sends a map that is not JSON after a failed boot, and answers no Get. */
  test.each<readonly [string, boolean, string]>([
    // named operation, FirmwareUpdated → decision
    [ID, false, 'report'],
    [ID, true, 'ask-version'],
    ['', false, 'ask-version'],
    ['', true, 'ask-version'],
  ])(
    'that names "%s", has FirmwareUpdated %s and a version that cannot be read: %s',
    (operationId, firmwareUpdated, kind) => {
      const decision = decideBoot(
        current({ downloadedAt: 150 }),
        boot({ operationId, firmwareUpdated, unreadableVersion: '{"Device' }),
        undefined,
      );
      expect(decision.kind).toBe(kind);
      expect(decision).not.toHaveProperty('firmwareVersion');
    },
  );

  test('has no consequence when nothing was asked for', () => {
    expect(decideBoot(undefined, boot({ operationId: ID, firmwareVersion: TARGET }), undefined).kind).toBe('ignore');
  });

  test.each([
    ['into the target version shows that it runs', TARGET, 'report'],
    ['into another version has no consequence', OLD, 'ignore'],
  ])('%s, when the firmware is only to be staged', (_, firmwareVersion, kind) => {
    const staged = current({ awaitsBoot: false, downloadedAt: 150 });
    expect(decideBoot(staged, boot({ operationId: ID, firmwareVersion }), undefined).kind).toBe(kind);
  });
});

describe('a version without a boot', () => {
  const SILENT = boot({ operationId: ID });
  const EARLY = boot({ receivedAt: 140 });

  test.each<readonly [string, Boot | undefined, string, boolean, number, boolean]>([
    // boot before it, version, new, as of → the outcome?
    ['no boot', undefined, TARGET, true, 100, true],
    ['no boot', undefined, TARGET, true, 99, false],
    ['no boot', undefined, TARGET, false, 250, false],
    ['no boot', undefined, OLD, true, 250, false],
    ['no boot', undefined, OLD, false, 250, false],
    ['a boot without a version', SILENT, TARGET, true, 200, true],
    ['a boot without a version', SILENT, TARGET, false, 200, true],
    ['a boot without a version', SILENT, OLD, true, 200, true],
    ['a boot without a version', SILENT, OLD, false, 200, true],
    ['a boot without a version', SILENT, OLD, false, 199, false],
    ['a boot without a version', SILENT, OLD, false, 99, false],
    ['a boot with a version', boot({ operationId: ID, firmwareVersion: OLD }), OLD, false, 250, false],
    ['a boot before the download', EARLY, OLD, true, 250, false],
    ['a boot after the download', boot(), OLD, false, 250, true],
  ])('after %s (%#) counts as the outcome or not', (_, kept, firmwareVersion, isNew, asOf, expected) => {
    const command = current({ downloadedAt: 150, ...(kept && { boot: kept }) });
    expect(isOutcome(command, { firmwareVersion, isNew, asOf }, undefined)).toBe(expected);
  });

  test('is no outcome when nothing was asked for; when the firmware is only to be staged, the target version is', () => {
    const version = { firmwareVersion: TARGET, isNew: true, asOf: 300 };
    expect(isOutcome(undefined, version, undefined)).toBe(false);
    const staged = current({ awaitsBoot: false, boot: SILENT });
    expect(isOutcome(staged, version, undefined)).toBe(true);
    expect(isOutcome(staged, { ...version, firmwareVersion: OLD }, undefined)).toBe(false);
  });
});
