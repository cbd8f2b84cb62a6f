import { randomBytes } from 'node:crypto';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  DescribeThingCommand,
  type IoTClient,
  ListThingPrincipalsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { DEFAULT_CONTROLLER_ID } from '../proto/endpoint-ids';
import { ensurePolicy } from './device-policy';
import { forEachLimited } from './for-each-limited';

/** A thing with the credentials to connect as it. */
export interface ProvisionedThing {
  readonly thingName: string;
  readonly certificateArn: string;
  /** PEM */
  readonly certificate: string;
  /** PEM */
  readonly clientKey: string;
  /** The thing's attribute. */
  readonly firmwareVersion: string;
}

export interface ProvisionOptions {
  readonly iot: IoTClient;
  readonly count: number;
  readonly prefix: string;
  readonly firmwareVersion: string;
  /** Attached to every certificate; created if missing. */
  readonly policyName: string;
  readonly controllerId?: string;
  /** Things of an earlier run: reused if they still exist. */
  readonly known?: readonly ProvisionedThing[];
  readonly onProgress?: (done: number, total: number) => void;
  /** Completes the name of the thing with this index; default: random. */
  readonly suffixOf?: (index: number) => string;
  /** Called for each thing as soon as it is ready, so that its key is not lost if a later one fails. */
  readonly onThing?: (thing: ProvisionedThing) => void;
  /** Things created in parallel. AWS IoT accepts 100 CreateThing a second; the SDK retries when throttled. */
  readonly concurrency?: number;
}

const required = (value: string | undefined, what: string): string => {
  if (value === undefined || value === '') throw new Error(`AWS IoT did not return ${what}.`);
  return value;
};

const randomSuffix = () => randomBytes(5).toString('hex');

/** The thing with its current version, or undefined if it or its certificate no longer exists. */
const existingThing = async (iot: IoTClient, thing: ProvisionedThing): Promise<ProvisionedThing | undefined> => {
  const { thingName } = thing;
  try {
    const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName }));
    if (!principals.includes(thing.certificateArn)) return undefined;
    const { attributes } = await iot.send(new DescribeThingCommand({ thingName }));
    return { ...thing, firmwareVersion: attributes?.['firmwareVersion'] ?? thing.firmwareVersion };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const createThing = async (options: ProvisionOptions, index: number, policy: (thingArn: string) => Promise<void>) => {
  const { iot, prefix, firmwareVersion, policyName, suffixOf = randomSuffix } = options;
  const thingName = `${prefix}${suffixOf(index)}`;
  const attributePayload = { attributes: { firmwareVersion } };
  const { thingArn } = await iot.send(new CreateThingCommand({ thingName, attributePayload }));
  await policy(required(thingArn, `the ARN of thing ${thingName}`));
  const keys = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const certificateArn = required(keys.certificateArn, `the certificate ARN for ${thingName}`);
  await iot.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
  return {
    thingName,
    certificateArn,
    certificate: required(keys.certificatePem, `the certificate for ${thingName}`),
    clientKey: required(keys.keyPair?.PrivateKey, `the private key for ${thingName}`),
    firmwareVersion,
  };
};

/**
 * Creates `count` things with keys, certificate and policy, or reuses those of an earlier run.
 * @throws the first error of AWS IoT
 */
export const provisionFleet = async (options: ProvisionOptions): Promise<ProvisionedThing[]> => {
  const { iot, count, policyName, controllerId = DEFAULT_CONTROLLER_ID, known = [] } = options;
  let ensured: Promise<void> | undefined;
  const policy = (thingArn: string) => (ensured ??= ensurePolicy({ iot, policyName, controllerId, thingArn }));
  const things: ProvisionedThing[] = [];
  await forEachLimited(Array.from({ length: count }), options.concurrency ?? 20, async (_item, index) => {
    const earlier = known[index];
    const thing = (earlier && (await existingThing(iot, earlier))) ?? (await createThing(options, index, policy));
    things.push(thing);
    options.onThing?.(thing);
    options.onProgress?.(things.length, count);
  });
  return things;
};
