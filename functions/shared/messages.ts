import * as v from 'valibot';

/**
 * The messages that the domains exchange over the events topic: one definition each.
 * `id` = `operationId`: one attempt of a job at a device (functions/jobs/operation-id.ts). Between the workflow and the device
 * management domain, and as the USP command key: one order of a download in that attempt (orders.ts).
 */

/** Ids and names are keys of DynamoDB: 255 characters of four bytes fit into a sort key. */
const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));
/** SNS takes messages of 256 KB. */
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(65_536));
/** The execution of the state machine that the message belongs to, for those who read logs. */
const executionArn = v.optional(text);
const operation = { id, operationId: id, thingName: id, executionArn };
const fault = { faultCode: v.optional(v.string()), faultString: v.optional(v.string()) };
const status = v.picklist(['SUCCESS', 'FAIL']);
const details = v.optional(v.record(v.string(), v.string()));

/** Until when a command may be given to a device: its state in the workflow waits no longer. */
const deadline = {
  /** When the state was entered. */
  enteredAt: v.pipe(v.string(), v.isoTimestamp()),
  timeLimitSeconds: v.pipe(v.number(), v.minValue(1)),
};

/** A message of the workflow whose task waits for the device. `startedAt`: when the workflow began. */
const request = {
  ...{ id, thingName: id, firmwareVersion: text, token: text, executionArn, ...deadline },
  startedAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
};

const downloadAnswer = { id, thingName: id, firmwareVersion: text, token: text, executionArn, ...fault };

/** The device is offline: report when it has connected, or at once when it runs the firmware already. */
export const awaitConnectionSchema = v.object({
  name: v.literal('AWAIT_CONNECTION'),
  ...request,
});
export const deviceConnectedSchema = v.object({
  name: v.literal('DEVICE_CONNECTED'),
  id,
  thingName: id,
  token: text,
  executionArn,
});

export const startUpgradeSchema = v.object({
  name: v.literal('START_UPGRADE'),
  ...request,
  /** How often the attempt has ordered the download, with this time. */
  order: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  /** Whether AWS IoT knows the device as connected. */
  connected: v.optional(v.boolean(), true),
  /** Since when; empty where that is not known. */
  connectedSince: v.optional(v.union([v.string(), v.number()]), ''),
  /** Empty for a thing without a type. */
  thingTypeName: v.optional(v.string(), ''),
  /** Attributes of the thing. */
  attributes: v.optional(v.record(v.string(), v.string()), {}),
  /** Its options beyond the version, parsed by the device management domain. */
  jobDocument: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** The firmware is on the device: boot into it. */
export const activateFirmwareSchema = v.object({
  name: v.literal('ACTIVATE_FIRMWARE'),
  ...request,
  attributes: v.optional(v.record(v.string(), v.string()), {}),
});
/** The device was silent for too long: report a boot if it runs the firmware, and ask it what it runs. */
export const askVersionSchema = v.object({
  name: v.literal('ASK_VERSION'),
  ...{ id, thingName: id, firmwareVersion: text, executionArn },
  ...deadline,
  attributes: v.optional(v.record(v.string(), v.string()), {}),
});
export const activationStartedSchema = v.object({
  name: v.literal('DEVICE_STARTED_ACTIVATION_SUCCESS'),
  ...downloadAnswer,
});
export const activationRefusedSchema = v.object({
  name: v.literal('DEVICE_STARTED_ACTIVATION_FAIL'),
  ...downloadAnswer,
});

/** An activation that began well did not end well: no boot will follow. */
export const activationFailedSchema = v.object({ name: v.literal('ACTIVATION_FAILED'), ...operation, ...fault });

export const downloadStartedSchema = v.object({
  name: v.literal('DEVICE_STARTED_DOWNLOAD_SUCCESS'),
  ...downloadAnswer,
});
export const downloadRefusedSchema = v.object({ name: v.literal('DEVICE_STARTED_DOWNLOAD_FAIL'), ...downloadAnswer });

/** `receivedAt`: when the broker received the device's report, milliseconds since the epoch. */
const progress = { ...operation, status, ...fault, receivedAt: v.optional(v.number()) };
export const firmwareTransferredSchema = v.object({ name: v.literal('FIRMWARE_TRANSFERRED'), ...progress });
export const downloadOperationDoneSchema = v.object({ name: v.literal('DOWNLOAD_OPERATION_DONE'), ...progress });

/**
 * `firmwareVersion` is what the device reports after its boot; absent when it reported none. `ifDownloadedBy`: the boot is of the
 * operation only if the firmware was on the device by then, milliseconds since the epoch.
 */
export const deviceRebootedSchema = v.object({
  name: v.literal('DEVICE_REBOOTED'),
  ...operation,
  status,
  firmwareVersion: v.optional(v.string()),
  ifDownloadedBy: v.optional(v.number()),
});

/** What a device runs, as it reports: the registry follows, with a workflow or without one. */
export const versionReportedSchema = v.object({
  name: v.literal('DEVICE_VERSION_REPORTED'),
  thingName: id,
  firmwareVersion: text,
  /** When this was published, milliseconds since the epoch. */
  sentAt: v.number(),
});

/**
 * Attempts of a job at a device ended without the workflow's doing (cancelled, timed out, removed, deleted, rejected): all that
 * began before a time, milliseconds since the epoch, except the one that is active.
 */
export const jobExecutionEndedSchema = v.object({
  name: v.literal('JOB_EXECUTION_ENDED'),
  jobId: id,
  thingName: id,
  reason: text,
  startedBefore: v.number(),
  activeOperationId: v.optional(id),
});

const outcome = { ...operation, details };
/** With a token, a task waits until the job execution has its outcome. */
export const upgradeSucceededSchema = v.object({
  name: v.literal('FIRMWARE_UPGRADE_SUCCESS'),
  ...outcome,
  token: v.optional(text),
});
export const outcomeRecordedSchema = v.object({
  name: v.literal('OUTCOME_RECORDED'),
  id,
  thingName: id,
  token: text,
  executionArn,
});
export const upgradeFailedSchema = v.object({ name: v.literal('FIRMWARE_UPGRADE_FAIL'), ...outcome });

const messageSchema = v.variant('name', [
  awaitConnectionSchema,
  deviceConnectedSchema,
  startUpgradeSchema,
  activateFirmwareSchema,
  askVersionSchema,
  activationStartedSchema,
  activationRefusedSchema,
  activationFailedSchema,
  downloadStartedSchema,
  downloadRefusedSchema,
  firmwareTransferredSchema,
  downloadOperationDoneSchema,
  deviceRebootedSchema,
  versionReportedSchema,
  jobExecutionEndedSchema,
  upgradeSucceededSchema,
  outcomeRecordedSchema,
  upgradeFailedSchema,
]);

export type DomainMessage = v.InferOutput<typeof messageSchema>;
/** A message before its defaults are filled in. */
export type MessageInput = v.InferInput<typeof messageSchema>;
export type MessageName = DomainMessage['name'];
export type MessageOf<Name extends MessageName> = Extract<DomainMessage, { name: Name }>;

export type Domain = 'jobs' | 'workflow' | 'device-management';

/** Who sends a message, and the functions (logical ids) that receive it. A contract test holds the template against it. */
export const ROUTES: Readonly<Record<MessageName, { readonly from: Domain; readonly to: readonly string[] }>> = {
  AWAIT_CONNECTION: { from: 'workflow', to: ['DMDownloadFirmwareFunction'] },
  DEVICE_CONNECTED: { from: 'device-management', to: ['OnDownloadStartACKFunction'] },
  START_UPGRADE: { from: 'workflow', to: ['DMDownloadFirmwareFunction'] },
  DEVICE_STARTED_DOWNLOAD_SUCCESS: {
    from: 'device-management',
    to: ['OnDownloadStartACKFunction', 'JobsUpdateStatus'],
  },
  ACTIVATE_FIRMWARE: { from: 'workflow', to: ['DMActivateFirmwareFunction'] },
  ASK_VERSION: { from: 'workflow', to: ['DMDownloadFirmwareFunction'] },
  DEVICE_STARTED_ACTIVATION_SUCCESS: { from: 'device-management', to: ['OnDownloadStartACKFunction'] },
  DEVICE_STARTED_ACTIVATION_FAIL: { from: 'device-management', to: ['OnDownloadStartACKFunction'] },
  ACTIVATION_FAILED: { from: 'device-management', to: ['UpgradeStatusReceivedFunction'] },
  DEVICE_STARTED_DOWNLOAD_FAIL: { from: 'device-management', to: ['OnDownloadStartACKFunction'] },
  FIRMWARE_TRANSFERRED: { from: 'device-management', to: ['UpgradeStatusReceivedFunction'] },
  DOWNLOAD_OPERATION_DONE: { from: 'device-management', to: ['UpgradeStatusReceivedFunction'] },
  DEVICE_REBOOTED: { from: 'device-management', to: ['UpgradeStatusReceivedFunction'] },
  DEVICE_VERSION_REPORTED: { from: 'device-management', to: ['DMFollowVersionFunction'] },
  JOB_EXECUTION_ENDED: { from: 'jobs', to: ['StopWorkflowFunction'] },
  OUTCOME_RECORDED: { from: 'jobs', to: ['OnDownloadStartACKFunction'] },
  FIRMWARE_UPGRADE_SUCCESS: { from: 'workflow', to: ['JobsUpdateStatus'] },
  FIRMWARE_UPGRADE_FAIL: { from: 'workflow', to: ['JobsUpdateStatus', 'DMDownloadFirmwareFunction'] },
};

/** @throws Error that names the fields that are wrong */
export const parseMessage = (value: unknown): DomainMessage => {
  const parsed = v.safeParse(messageSchema, value);
  if (parsed.success) return parsed.output;
  throw new Error(parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'message'}: ${issue.message}`).join('; '));
};

/** The fields of every log line about a message. */
export const contextOf = (message: DomainMessage) => ({
  thingName: message.thingName,
  ...('id' in message && { operationId: message.id }),
  ...('jobId' in message && { jobId: message.jobId }),
  ...('executionArn' in message && message.executionArn !== undefined && { executionArn: message.executionArn }),
});
