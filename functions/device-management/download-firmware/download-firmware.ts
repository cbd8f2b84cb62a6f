import { isTopicTooLong } from '../../../proto/topics';
import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';
import { alreadyRuns, askOnce, type CommandDeps, refuse } from '../command';
import { lastConnectedAt } from '../connection';
import type { Credentials } from '../credentials';
import type { Device, Devices } from '../devices';
import { type Fault, protocolNamed } from '../protocol';
import { compareVersions } from '../../shared/version';
import { type JobOptions, jobOptionsIn } from './job-options';

export interface DownloadFirmwareDeps extends CommandDeps {
  /** `{firmwareVersion}` is replaced. */
  readonly urlTemplate: string;
  /** Login of the firmware server: that of the job's secret, else that of the deployment, if any. @throws Error naming the secret */
  readonly credentials: (secret: string | undefined) => Promise<Credentials | undefined>;
}

/** Whether trying again may help: it does after throttling and failures of AWS, not with a missing or malformed secret. */
const isTemporary = (error: unknown) =>
  isAwsError(error, 'ThrottlingException', 'InternalServiceError', 'InternalServiceErrorException', 'TimeoutError');

const firmwareOf = async (
  { urlTemplate, credentials }: DownloadFirmwareDeps,
  version: string,
  { firmware: { url = urlTemplate, credentialsSecret, compatibleWith: _, ...rest } }: JobOptions,
) => ({
  ...rest,
  version,
  url: url.replaceAll('{firmwareVersion}', encodeURIComponent(version)),
  credentials: await credentials(credentialsSecret),
});

/** A job must allow a firmware older than the one that runs, or that the registry names. */
const downgradeFault = (
  current: string | undefined,
  target: string,
  { allowDowngrade }: JobOptions,
): Fault | undefined =>
  current === undefined || allowDowngrade || compareVersions(target, current) >= 0
    ? undefined
    : {
        faultCode: 'DOWNGRADE_REFUSED',
        faultString: `The device runs ${current}, ${target} is older: create the job with allowDowngrade.`,
      };

/** An agent introduces itself as soon as it connects, unless it is one that never does. The workflow asks again after that. */
const INTRODUCTION_MS = 2_000;

/** @param since ISO 8601 or seconds since the epoch */
const hasJustConnected = (since: string | number, now: number): boolean => {
  const at = typeof since === 'number' ? since * 1000 : Date.parse(since);
  return now - at < INTRODUCTION_MS;
};

/** Whether a device may have been interrupted in what it was asked for last: it has connected since. */
const hasConnectedSince = (device: Device): boolean => lastConnectedAt(device) > (device.current?.askedAt ?? 0);

/** Whether a thing is of the type, and has the attributes, that the job asks for (`firmware.compatibleWith`). */
const isCompatible = (
  { firmware: { compatibleWith = {} } }: JobOptions,
  attributes: Readonly<Record<string, string>>,
  thingType: string,
): boolean =>
  (compatibleWith.thingTypeName === undefined || compatibleWith.thingTypeName === thingType) &&
  Object.entries(compatibleWith.attributes ?? {}).every(([name, values]) => values.includes(attributes[name] ?? ''));

/** Whether the device reports that it runs a version. A success rests on this, so it is looked up where it may be stale. */
const isReported = async (devices: Devices, { thingName, facts }: Device, version: string): Promise<boolean> =>
  facts['firmwareVersion'] === version && (await devices.read(thingName, true)).facts['firmwareVersion'] === version;

/**
 * Makes a device download a firmware, at most once per operation. A device that already runs it is not asked: it counts as
 * booted into it.
 */
export const downloadFirmware =
  (deps: DownloadFirmwareDeps) =>
  async (message: MessageOf<'START_UPGRADE'>, log: Log): Promise<void> => {
    const { protocols, devices, publish } = deps;
    const { id, thingName, firmwareVersion, attributes, connected } = message;
    const no = (faultCode: string, faultString: string) => {
      log.warn(`Not asked to download: ${faultString}`);
      return refuse(publish, 'download', message, { faultCode, faultString });
    };
    const read = jobOptionsIn(message.jobDocument);
    if ('problem' in read) return no('INVALID_JOB_DOCUMENT', read.problem);
    const protocol = protocolNamed(protocols, attributes['protocol']);
    if (!protocol) return no('UNKNOWN_PROTOCOL', `The thing's attribute protocol is ${attributes['protocol'] ?? ''}.`);

    if (!isCompatible(read.options, attributes, message.thingTypeName))
      return no('IncompatibleDevice', 'The thing is none of those that the job says can run the firmware.');
    const known = await devices.read(thingName, false);
    const runs = known.facts['firmwareVersion'];
    if (known.current?.operationId !== id) {
      if (await isReported(devices, known, firmwareVersion)) {
        log.info(`The device runs ${firmwareVersion} already`);
        return alreadyRuns(deps, 'download', message);
      }
      if (!connected) return no('DEVICE_NOT_CONNECTED', 'The device is not connected.');
      if (message.order > 1 && !hasConnectedSince(known))
        return no('NOT_INTERRUPTED', 'The device has not connected again since it was asked to download.');
      if (known.facts['connection'] === undefined && hasJustConnected(message.connectedSince, deps.now()))
        return no('NOT_INTRODUCED', 'The device has just connected for the first time and not given its address yet.');
      const fault = downgradeFault(runs ?? attributes['firmwareVersion'], firmwareVersion, read.options);
      if (fault) return no(fault.faultCode, fault.faultString);
    }
    if (isTopicTooLong(protocol.askVersion(known, deps.now()).topic))
      return no('THING_NAME_TOO_LONG', 'The topic of a request would have more than the 256 bytes of AWS IoT.');

    let firmware: Awaited<ReturnType<typeof firmwareOf>>;
    try {
      firmware = await firmwareOf(deps, firmwareVersion, read.options);
    } catch (error) {
      if (isTemporary(error)) throw error;
      return no('FIRMWARE_CREDENTIALS', error instanceof Error ? error.message : String(error));
    }
    const { askDownloads } = protocol;
    const autoActivate = read.options.activation.mode === 'IMMEDIATELY';
    await askOnce(
      deps,
      message,
      { command: 'download', awaitsBoot: autoActivate },
      {
        command: (device, { requestId }) =>
          protocol.startDownload(device, { operationId: id, requestId, firmware, autoActivate }),
        ...(askDownloads && { look: (device) => askDownloads(device, deps.now()) }),
      },
      log,
    );
  };
