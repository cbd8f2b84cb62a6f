import { isAwsError } from '../../shared/errors';
import type { Log } from '../../shared/log';
import type { MessageOf } from '../../shared/messages';

/** A thing of the registry. `version` grows with each change of it. */
export interface Thing {
  readonly version: number | undefined;
  readonly firmwareVersion: string | undefined;
}

/** What is known of a device at the moment. */
export interface Versions {
  /** What it runs, as its last report says; undefined when that is not known. */
  readonly running: string | undefined;
  /** The target of a workflow that is not over, unless the device is known to have reached it. */
  readonly awaited: string | undefined;
}

export interface FollowVersionDeps {
  readonly describeThing: (thingName: string) => Promise<Thing>;
  /** Writes the attribute `firmwareVersion`. @throws VersionConflictException when the thing has another version by now */
  readonly updateThing: (thingName: string, firmwareVersion: string, version: number | undefined) => Promise<void>;
  readonly versionsOf: (thingName: string) => Promise<Versions>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often the registry is looked at when somebody else changes the thing in between. */
const LOOKS = 5;

/**
 * Lambda tries a message three times, the last time after three minutes:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const LAST_TRY_MS = 150_000;

type VersionReported = MessageOf<'DEVICE_VERSION_REPORTED'>;

/** @returns undefined when too many devices connect at once: most of them run what the registry says, so a dead letter helps nobody */
const look = async (
  { describeThing, now }: FollowVersionDeps,
  { thingName, sentAt }: VersionReported,
  log: Log,
): Promise<Thing | undefined> => {
  try {
    return await describeThing(thingName);
  } catch (error) {
    if (!isAwsError(error, 'ThrottlingException') || now() - sentAt < LAST_TRY_MS) throw error;
    log.warn('Dropped: the registry is throttled. When the device connects next, it is looked at again.');
    return undefined;
  }
};

const follow = async (deps: FollowVersionDeps, message: VersionReported, log: Log, looks = LOOKS): Promise<void> => {
  const { thingName, firmwareVersion } = message;
  const thing = await look(deps, message, log);
  if (thing?.firmwareVersion === undefined || thing.firmwareVersion === firmwareVersion) return;
  // After the thing: whoever follows a later report has remembered it before, so it is seen here, or the thing has changed.
  const { running, awaited } = await deps.versionsOf(thingName);
  // The report by which the workflow wrote its target is not remembered yet, if whoever handled it died: it comes again.
  if (running === undefined || running === thing.firmwareVersion || awaited === thing.firmwareVersion) return;
  try {
    await deps.updateThing(thingName, running, thing.version);
    log.info(`The registry follows the device from ${thing.firmwareVersion} to ${running}`);
  } catch (error) {
    if (looks <= 1 || !isAwsError(error, 'VersionConflictException')) throw error;
    await follow(deps, message, log, looks - 1);
  }
};

/**
 * Makes the registry say what a device reports that it runs. A thing without the attribute `firmwareVersion` is left alone: the
 * workflow refuses it, too. What the registry does not take is counted and dropped.
 * @throws whatever else AWS answers; Lambda tries again
 */
export const followVersion =
  (deps: FollowVersionDeps) =>
  async (message: VersionReported, log: Log): Promise<void> => {
    const { firmwareVersion } = message;
    try {
      await follow(deps, message, log);
    } catch (error) {
      if (!isAwsError(error, 'ResourceNotFoundException', 'InvalidRequestException')) throw error;
      log.count('UnusedMessages', `The registry cannot follow: ${error.message}`, { firmwareVersion });
    }
  };
