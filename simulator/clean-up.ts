import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteCertificateCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeleteThingCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  InvalidRequestException,
  type IoTClient,
  ResourceNotFoundException,
  UpdateCertificateCommand,
  paginateListAttachedPolicies,
  paginateListPrincipalThings,
  paginateListThingPrincipals,
  paginateListThings,
} from '@aws-sdk/client-iot';
import { forEachLimited } from './for-each-limited';

type Wait = (milliseconds: number) => Promise<unknown>;

export interface CleanUpOptions {
  readonly iot: IoTClient;
  /** Deletes things whose names start with this. */
  readonly prefix: string;
  /** A policy to delete at the end. */
  readonly policyName?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly concurrency?: number;
  /** Waits between two attempts, in milliseconds. */
  readonly wait?: Wait;
}

/** Ignores resources that are already deleted. */
const unlessGone = async (request: Promise<unknown>): Promise<void> => {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
};

const DETACH_ATTEMPTS = 10;
const DETACH_WAIT_MS = 1_000;

/** AWS IoT detaches asynchronously and refuses the deletion for some seconds. */
const onceDetached = async (wait: Wait, request: () => Promise<unknown>): Promise<void> => {
  for (let attempts = 1; ; attempts++) {
    try {
      await unlessGone(request());
      return;
    } catch (error) {
      const isAttached = error instanceof DeleteConflictException || error instanceof InvalidRequestException;
      if (!isAttached || attempts === DETACH_ATTEMPTS) throw error;
      await wait(DETACH_WAIT_MS);
    }
  }
};

const collect = async <Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => readonly Item[] | undefined) => {
  const all: Item[] = [];
  try {
    for await (const page of pages) all.push(...(items(page) ?? []));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return all;
};

const deleteCertificate = async (iot: IoTClient, certificateArn: string, wait: Wait): Promise<void> => {
  const certificateId = certificateArn.slice(certificateArn.lastIndexOf('/') + 1);
  const policies = await collect(
    paginateListAttachedPolicies({ client: iot }, { target: certificateArn }),
    (page) => page.policies,
  );
  for (const { policyName } of policies)
    await unlessGone(iot.send(new DetachPolicyCommand({ policyName, target: certificateArn })));
  await unlessGone(iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' })));
  await onceDetached(wait, () => iot.send(new DeleteCertificateCommand({ certificateId })));
};

const deleteThing = async (iot: IoTClient, thingName: string, wait: Wait): Promise<void> => {
  const principals = await collect(
    paginateListThingPrincipals({ client: iot }, { thingName }),
    (page) => page.principals,
  );
  for (const principal of principals) {
    const holders = await collect(paginateListPrincipalThings({ client: iot }, { principal }), (page) => page.things);
    await unlessGone(iot.send(new DetachThingPrincipalCommand({ thingName, principal })));
    // Keep certificates that other things use.
    if (holders.every((holder) => holder === thingName)) await deleteCertificate(iot, principal, wait);
  }
  await onceDetached(wait, () => iot.send(new DeleteThingCommand({ thingName })));
};

/**
 * Deletes the things of a fleet and their certificates; safe to repeat.
 * @returns names of the deleted things
 */
export const cleanUpFleet = async (options: CleanUpOptions): Promise<readonly string[]> => {
  const { iot, prefix, policyName, onProgress, wait = sleep } = options;
  if (prefix === '') throw new Error('An empty prefix would delete every thing of the account.');
  const things = await collect(paginateListThings({ client: iot, pageSize: 250 }, {}), (page) => page.things);
  const names = things.flatMap(({ thingName }) => (thingName?.startsWith(prefix) ? [thingName] : []));
  let done = 0;
  await forEachLimited(names, options.concurrency ?? 10, async (thingName) => {
    await deleteThing(iot, thingName, wait);
    done++;
    onProgress?.(done, names.length);
  });
  if (policyName !== undefined) await onceDetached(wait, () => iot.send(new DeletePolicyCommand({ policyName })));
  return names;
};
