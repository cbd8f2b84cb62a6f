import {
  CreateThingCommand,
  CreateDynamicThingGroupCommand,
  DisableTopicRuleCommand,
  ListTopicRulesCommand,
} from '@aws-sdk/client-iot';
import { IoTJobsDataPlaneClient, UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { CDPSession, Page } from 'playwright-core';
import * as v from 'valibot';
import { type RunningConsole, startConsole } from '../../console/server/start-console';
import { forEachLimited } from '../../operate/limited';
import { describeInBrowser, startBrowser, type TestBrowser } from '../support/browser';
import { type DeployedStack, deployStack } from '../support/e2e-aws';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';

jest.setTimeout(240_000);

const DEVICES = 10_000;
const TABS = 50;
const DEVICES_IN_TABS = 3;
const MEASURED_MS = 10_000;
const CALLS_PER_SECOND = 5;

const thingName = (index: number) => `big-${String(index).padStart(5, '0')}`;

/** Things in the registry, a job for all of them, and no workflows: what the console reads is what counts here. */
describeInBrowser('the console with 10,000 devices', () => {
  let stack: DeployedStack;
  let jobsData: IoTJobsDataPlaneClient;
  let proxy: RecordingProxy;
  let served: RunningConsole;
  let browser: TestBrowser;
  let page: Page;
  let metrics: CDPSession;
  let jobId = '';
  const tabs = new AbortController();

  beforeAll(async () => {
    stack = await deployStack();
    const { aws, iot, lambda } = stack;
    const { rules = [] } = await iot.send(new ListTopicRulesCommand({}));
    for (const { ruleName } of rules) await iot.send(new DisableTopicRuleCommand({ ruleName }));
    const attributes = { firmwareVersion: '1.2.1' };
    await forEachLimited(
      Array.from({ length: DEVICES }, (_, index) => index),
      30,
      (index) => iot.send(new CreateThingCommand({ thingName: thingName(index), attributePayload: { attributes } })),
    );
    const group = { thingGroupName: 'all', queryString: 'thingName:big-*' };
    const { thingGroupArn: targetArn } = await iot.send(new CreateDynamicThingGroupCommand(group));
    const Payload = JSON.stringify({ firmwareVersion: '1.2.3', targetArn });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: aws.output('CreateJobFunction'), Payload }));
    ({ jobId } = v.parse(v.object({ jobId: v.string() }), JSON.parse(Buffer.from(answer.Payload ?? []).toString())));
    jobsData = new IoTJobsDataPlaneClient(aws.clientConfig);
    proxy = await startRecordingProxy(aws.endpointUrl);
    const clientConfig = { ...aws.clientConfig, endpoint: proxy.endpoint };
    served = await startConsole({ clientConfig, stackName: 'wme', isLocal: true, port: 0 });
    browser = await startBrowser({ viewport: { width: 1180, height: 860 } });
    page = await browser.newPage();
    metrics = await browser.context.newCDPSession(page);
    await metrics.send('Performance.enable');
    await page.goto(served.url);
  });
  afterAll(async () => {
    tabs.abort();
    await browser.close();
    await served.close();
    await proxy.close();
    jobsData.destroy();
    await stack.close();
  });

  /** Another tab: it follows what a page does, and reads. */
  const openTab = async (...topics: readonly string[]) => {
    const { origin, hash } = new URL(served.url);
    const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
    const response = await fetch(`${origin}/api/live?${query}`, {
      headers: { Authorization: `Bearer ${hash.slice('#token='.length)}` },
      signal: tabs.signal,
    });
    expect(response.status).toBe(200);
    void response.body?.pipeTo(new WritableStream()).catch(() => undefined);
  };
  const finish = (index: number, status: 'SUCCEEDED' | 'FAILED') =>
    jobsData.send(
      new UpdateJobExecutionCommand({
        ...{ jobId, thingName: thingName(index), status },
        statusDetails: status === 'FAILED' ? { step: 'StartDownload', error: 'States.Timeout', cause: 'Silence.' } : {},
      }),
    );
  const metric = async (name: string): Promise<number> =>
    (await metrics.send('Performance.getMetrics')).metrics.find((found) => found.name === name)?.value ?? NaN;

  test('shows the whole fleet by few calls', async () => {
    await page.getByRole('link', { name: '10,000', exact: true }).first().waitFor();
    await page.getByRole('row', { name: /1\.2\.1 10,000 100 %/ }).waitFor();
    // Versions, connections, roll-outs and where devices are; the state machine is not on this page.
    expect(served.calls()).toBeLessThanOrEqual(25);
  });

  test('makes at most five calls of AWS a second, however many tabs are open, and keeps up to date', async () => {
    const ofRollout = ['rollout', 'steps', 'failures', 'progress', 'executions'].map((kind) => `${kind}?id=${jobId}`);
    for (let tab = 0; tab < TABS; tab += 1) {
      await openTab('stack', 'fleet', 'rollouts', ...ofRollout);
      const thing = encodeURIComponent(thingName(tab % DEVICES_IN_TABS));
      await openTab('stack', `device?thing=${thing}`, `explanation?thing=${thing}`, `history?thing=${thing}`);
    }
    await page.goto(`${new URL(served.url).origin}/#/rollouts/${jobId}`);
    await page.getByRole('img', { name: 'Progress: 10,000 queued' }).waitFor();
    for (let index = 0; index < 30; index += 1) await finish(index, index % 3 === 0 ? 'FAILED' : 'SUCCEEDED');
    await page
      .getByRole('img', { name: /^Progress: 20 succeeded, 10 failed, 9,970 queued/ })
      .waitFor({ timeout: 60_000 });
    await page.getByRole('row', { name: /States\.Timeout in StartDownload .* 10 / }).waitFor({ timeout: 60_000 });
    const { times } = proxy;
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect(seconds).toBeGreaterThan(5);
    expect(times.length).toBeLessThanOrEqual(CALLS_PER_SECOND * (seconds + 1));
    // A call may take longer to arrive than the next one: one more than were made in that second.
    for (const [index, time] of times.entries()) {
      const before = times[index - CALLS_PER_SECOND - 1];
      if (before !== undefined) expect(time - before).toBeGreaterThan(500);
    }
  });

  test('stays responsive meanwhile', async () => {
    const [busyBefore, startedAt] = [await metric('TaskDuration'), await metric('Timestamp')];
    for (let index = 30; index < 60; index += 1) {
      await finish(index, 'SUCCEEDED');
      await page.waitForTimeout(MEASURED_MS / 30);
    }
    const share = ((await metric('TaskDuration')) - busyBefore) / ((await metric('Timestamp')) - startedAt);
    expect(share).toBeLessThan(0.3);
    expect(await metric('Nodes')).toBeLessThan(5000);
    expect(await metric('JSHeapUsedSize')).toBeLessThan(50_000_000);
    // Another page is there at once: it is drawn before its numbers come.
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor({ timeout: 1000 });
    await page.getByRole('link', { name: thingName(0) }).waitFor();
    expect(await page.getByRole('row').count()).toBe(26);
    expect(browser.complaints).toEqual([]);
  });
});
