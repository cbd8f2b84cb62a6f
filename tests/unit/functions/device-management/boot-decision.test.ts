import type { Boot, CurrentCommand } from '../../../../functions/device-management/devices';
import {
  type BootDecision,
  decideBoot,
  decideVersion,
} from '../../../../functions/device-management/message-handler/boot';

const ID = 'job-1.2';
const OTHER = 'job-1.1';
const TARGET = '1.2.3';
const OLD = '1.2.1';
const [ASKED, BOOTED] = [100, 200];
const current = (fields: Partial<CurrentCommand> = {}): CurrentCommand => ({
  ...{ operationId: ID, command: 'download', requestId: 'r', firmwareVersion: TARGET },
  ...{ awaitsBoot: true, askedAt: ASKED, startedAt: 80, enteredAt: 90, state: 'STARTED', tokens: [] },
  ...fields,
});
const boot = (fields: Partial<Boot> = {}): Boot => ({
  ...{ operationId: '', firmwareUpdated: true, receivedAt: BOOTED },
  ...fields,
});

describe('a boot', () => {
  const BEFORE = 'ignore: it was before the device was asked';
  const NOT_OURS = 'ignore: it names another operation';
  const IF_DOWNLOADED = `if downloaded by ${BOOTED}`;
  const inWords = (decision: BootDecision): string => {
    if (decision.kind === 'ignore') return `ignore: ${decision.reason}`;
    const condition = 'ifDownloadedBy' in decision ? ` if downloaded by ${decision.ifDownloadedBy}` : '';
    return `${decision.kind}${condition}`;
  };

  /** What the boot names and reports, and when it was received; what that means. */
  test.each<readonly [string, string | undefined, number, string]>([
    // named operation, version, received at → decision
    ['', TARGET, BOOTED, 'report'],
    ['', OLD, BOOTED, `report ${IF_DOWNLOADED}`],
    ['', undefined, BOOTED, `ask-version ${IF_DOWNLOADED}`],
    [ID, TARGET, BOOTED, 'report'],
    [ID, OLD, BOOTED, 'report'],
    [ID, undefined, BOOTED, 'ask-version'],
    [OTHER, TARGET, BOOTED, 'report'],
    [OTHER, OLD, BOOTED, NOT_OURS],
    [OTHER, undefined, BOOTED, NOT_OURS],
    ['', TARGET, 99, BEFORE],
    ['', OLD, 99, BEFORE],
    ['', undefined, 99, BEFORE],
    [OTHER, TARGET, 99, BEFORE],
  ])('that names "%s", reports %s and is received at %s: %s', (operationId, firmwareVersion, receivedAt, expected) => {
    const decision = decideBoot(
      current(),
      boot({ operationId, receivedAt, ...(firmwareVersion !== undefined && { firmwareVersion }) }),
      undefined,
    );
    expect(inWords(decision)).toBe(expected);
    if (decision.kind === 'report') expect(decision.firmwareVersion).toBe(firmwareVersion);
  });

  /** A device that says when it has connected may report its first boot late: the connection tells how old the boot is. */
  test.each<readonly [CurrentCommand['command'], number, string]>([
    // command, connected at → decision about a boot of the old version at 200 that names no operation
    ['download', 180, 'report if downloaded by 180'],
    ['download', 200, 'report if downloaded by 200'],
    ['download', 90, 'keep'],
    ['download', 201, 'ignore: the device has connected again since'],
    ['activate', 180, 'report'],
    ['activate', 90, 'keep'],
    ['activate', 201, 'ignore: the device has connected again since'],
  ])('after a %s, in a connection since %s: %s', (command, connectedAt, expected) => {
    const known = current({ command });
    expect(inWords(decideBoot(known, boot({ firmwareVersion: OLD }), connectedAt))).toBe(expected);
    expect(decideBoot(known, boot({ firmwareVersion: TARGET }), connectedAt).kind).toBe('report');
    expect(inWords(decideBoot(known, boot({ operationId: ID, firmwareVersion: OLD }), connectedAt))).toBe('report');
  });

  test.each([OLD, undefined])(
    'that reports %s is none of the operation when the device has run the target since',
    (version) => {
      const known = current({ reached: { at: 150, by: 'boot@150' } });
      const later = boot({ operationId: ID, ...(version !== undefined && { firmwareVersion: version }) });
      expect(decideBoot(known, later, undefined).kind).toBe('ignore');
    },
  );

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
        current(),
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
    const staged = current({ awaitsBoot: false });
    expect(decideBoot(staged, boot({ operationId: ID, firmwareVersion }), undefined).kind).toBe(kind);
  });
});

describe('a version that is not the target', () => {
  const SILENT = boot({ operationId: ID });

  test.each<readonly [string, Boot | undefined, number, string]>([
    // boot before it, as of → decision
    ['no boot', undefined, 250, 'ignore'],
    ['a boot without a version', SILENT, 200, 'report'],
    ['a boot without a version', SILENT, 199, 'ignore'],
    ['a boot with a version', boot({ operationId: ID, firmwareVersion: OLD }), 250, 'ignore'],
    ['a boot that names no operation', boot(), 250, 'report'],
    ['a boot before the device was asked', boot({ operationId: ID, receivedAt: 99 }), 250, 'ignore'],
  ])('after %s (%#) counts as the outcome or not', (_, kept, asOf, expected) => {
    expect(decideVersion(current({ ...(kept && { boot: kept }) }), OLD, asOf, undefined).kind).toBe(expected);
  });

  test('counts if the firmware was on the device by the time of a boot that names no operation', () => {
    expect(decideVersion(current({ boot: boot() }), OLD, 250, 180)).toMatchObject({ ifDownloadedBy: 180 });
  });

  test('is no outcome when nothing was asked for, nor when the firmware is only to be staged', () => {
    expect(decideVersion(undefined, OLD, 300, undefined).kind).toBe('ignore');
    expect(decideVersion(current({ awaitsBoot: false, boot: SILENT }), OLD, 300, undefined).kind).toBe('ignore');
  });
});
