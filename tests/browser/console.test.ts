import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateThingGroupCommand, AddThingToThingGroupCommand } from '@aws-sdk/client-iot';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Page } from 'playwright-core';
import { type RunningConsole, startConsole } from '../../console/server/start-console';
import type { FaultName } from '../../simulator/agent/faults';
import { type Fleet, startFleet } from '../../simulator/fleet';
import { provisionFleet } from '../../simulator/provisioning';
import { violationsIn, withAxe } from '../support/axe';
import { describeInBrowser, startBrowser, type TestBrowser } from '../support/browser';
import { type DeployedStack, deployStack } from '../support/e2e-aws';

jest.setTimeout(120_000);

const DEVICES = 24;
const GROUP = 'pilot';
const FROM = '1.2.1';
const TO = '1.2.3';
const FAILING = 'hall-00003';
const SILENT = 'hall-00007';
/** Of the last device, which no other roll-out reaches. */
const HOSTILE_DEVICE = 'hall-00024';
/** Becomes part of what the device reports: it cannot download from there. */
const HOSTILE = `https://x/<img/src=x/onerror="document.title='owned'">\u202e`;
const SLOW: Readonly<Record<string, FaultName>> = { [FAILING]: '404', [SILENT]: 'no-answer', [HOSTILE_DEVICE]: '404' };
const VIEWPORT = { width: 1120, height: 720 };
/** Writes the pictures of the README. */
const WITH_PICTURES = process.env['CONSOLE_PICTURES'] !== undefined;

describeInBrowser('the console in a browser, with devices on the embedded AWS', () => {
  let stack: DeployedStack;
  let fleet: Fleet;
  let served: RunningConsole;
  let browser: TestBrowser;
  let page: Page;
  let rollout = '';

  beforeAll(async () => {
    stack = await deployStack({ StartDownloadSeconds: '20' });
    const { aws, iot } = stack;
    const things = await provisionFleet({
      ...{ iot, count: DEVICES, prefix: 'hall-', firmwareVersion: FROM, policyName: aws.output('DevicePolicyName') },
      suffixOf: (index) => String(index + 1).padStart(5, '0'),
    });
    await iot.send(new CreateThingGroupCommand({ thingGroupName: GROUP }));
    for (const { thingName } of things.slice(0, -1))
      await iot.send(new AddThingToThingGroupCommand({ thingGroupName: GROUP, thingName }));
    fleet = await startFleet({
      ...{ things, mqttUrl: aws.mqttUrl, firmwareVersion: FROM, timeScale: 0.6, profile: 'tr369' },
      faultOf: (thingName) => SLOW[thingName] ?? 'none',
    });
    await aws.idle();
    served = await startConsole({ clientConfig: aws.clientConfig, stackName: 'wme', isLocal: true, port: 0 });
    browser = await startBrowser({ viewport: VIEWPORT });
    page = await browser.newPage();
    await withAxe(page);
    await page.goto(served.url);
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
    await fleet.close();
    await stack.close();
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  const open = async (name: string | RegExp, hash: string) => {
    await page.goto(`${new URL(served.url).origin}/${hash}`);
    await heading(name).waitFor();
  };
  const picture = async (name: string) => {
    if (!WITH_PICTURES) return;
    const directory = join(__dirname, '../../docs/images');
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `${name}.png`), await page.screenshot());
  };
  /** Of the roll-out of the page. */
  const status = (word: string) => page.locator('header.title').getByText(word);
  const focused = () => page.locator(':focus');
  /** Goes on with Tab until the element has the focus. */
  const tabTo = async (role: 'link' | 'button' | 'textbox' | 'combobox', name: string) => {
    const wanted = page.getByRole(role, { name, exact: true }).first();
    for (let presses = 0; presses < 60; presses += 1) {
      if ((await wanted.and(focused()).count()) > 0) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to the ${role} ${name}`);
  };

  test('shows the fleet, and keeps the token out of the address', async () => {
    await page
      .getByRole('link', { name: String(DEVICES), exact: true })
      .first()
      .waitFor();
    expect(new URL(page.url()).hash).toBe('#/');
    await page.getByRole('row', { name: new RegExp(`${FROM.replaceAll('.', '\\.')} 24 100 %`) }).waitFor();
    expect(await page.title()).toBe('Fleet – WME');
  });

  test('creates a roll-out by keyboard alone, after a preview', async () => {
    await tabTo('link', 'Roll-outs');
    await page.keyboard.press('Enter');
    await heading('Roll-outs').waitFor();
    await tabTo('button', 'New roll-out');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'New roll-out' }).waitFor();
    await tabTo('textbox', 'To version');
    await page.keyboard.type(TO);
    await tabTo('combobox', 'Its name, or ARN');
    await page.keyboard.type(GROUP);
    expect(await page.getByRole('button', { name: 'Create the roll-out' }).isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('23 devices would get the job.').waitFor();
    await page.getByText('23 on 1.2.1').waitFor();
    await tabTo('button', 'Create the roll-out');
    await page.keyboard.press('Enter');
    await heading(/^FirmwareUpgrade-/).waitFor();
    rollout = await heading(/^FirmwareUpgrade-/).innerText();
    expect(await page.getByRole('status').innerText()).toBe(`Roll-out ${rollout} is created.`);
    // Who follows a link goes on where the new page begins.
    expect(await heading(rollout).and(focused()).count()).toBe(1);
  });

  test('shows how far it is, where its devices are, and its end', async () => {
    await page.getByRole('row', { name: /downloading WaitForDeviceMessages \d+/ }).waitFor();
    await page
      .getByRole('img', { name: /^Devices of .* that are done, over time, at last [1-9]\d* succeeded/ })
      .waitFor();
    await page.getByRole('img', { name: /^Progress: [1-9]\d* succeeded/ }).waitFor();
    await picture('roll-out');
    await status('completed').waitFor({ timeout: 100_000 });
    await page.getByRole('img', { name: 'Progress: 21 succeeded, 2 failed' }).waitFor();
    await page.getByRole('img', { name: /at last 21 succeeded and 2 failed/ }).waitFor();
    await page.getByRole('row', { name: /States\.Timeout in StartDownload .* 1 hall-00007/ }).waitFor();
  });

  test('explains a failed device, from the cause to what happened', async () => {
    await page.getByRole('link', { name: FAILING }).first().click();
    await heading(FAILING).waitFor();
    await page.getByText(/The upgrade of hall-00003 failed .* 404 Not Found/).waitFor();
    const timeline = page.getByRole('table').filter({ hasText: 'What happened' });
    for (const words of [
      'The roll-out reaches the device',
      'Operate Download() is sent to the device',
      'The device reports that the transfer failed (TransferComplete!)',
      'The job execution is over: FAILED',
    ])
      await timeline.getByText(words).waitFor();
    await page.getByRole('img', { name: /^The way of .* through the state machine$/ }).waitFor();
    expect(await page.locator('.state.passed', { hasText: 'StartDownload' }).count()).toBe(1);
    expect(await page.locator('.state.passed', { hasText: 'UpdateThing' }).count()).toBe(0);
    await picture('device');
    await page.getByText('What this rests on').click();
    await page.getByText(/FAILED, attempt 1/).waitFor();
    await page.getByRole('button', { name: 'Look for dead letters' }).click();
    await page.getByText('none about this device').waitFor();
  });

  test('renders what a device reports as text, whatever it is', async () => {
    const targetArn = `arn:aws:iot:${stack.aws.region}:${stack.aws.accountId}:thing/${HOSTILE_DEVICE}`;
    const ended = new Promise<void>((resolve) => {
      const stop = stack.aws.onJobExecutionChanged(({ thingName, status }) => {
        if (thingName !== HOSTILE_DEVICE || status !== 'FAILED') return;
        stop();
        resolve();
      });
    });
    const Payload = JSON.stringify({ firmwareVersion: TO, targetArn, firmware: { url: HOSTILE } });
    await stack.lambda.send(new InvokeCommand({ FunctionName: stack.aws.output('CreateJobFunction'), Payload }));
    await ended;
    await open(HOSTILE_DEVICE, `#/devices/${HOSTILE_DEVICE}`);
    const shown = page.getByText(`cannot download https://x/<img/src=x/onerror="document.title='owned'">`).first();
    await shown.waitFor();
    expect(await page.locator('main img:not([role])').count()).toBe(0);
    expect(await page.title()).toBe(`${HOSTILE_DEVICE} – WME`);
    expect(await page.locator('main').innerText()).not.toContain('\u202e');
    await open('Devices', `#/devices?query=${encodeURIComponent('<script>document.title="owned"</script>')}`);
    await page.getByText('No device matches.').waitFor();
    expect(await page.title()).toBe('Devices – WME');
  });

  test('retries the failed devices, shows live where one is, and cancels the roll-out', async () => {
    await open(rollout, `#/rollouts/${rollout}`);
    await page.getByRole('button', { name: 'Retry 2 failed devices' }).click();
    await page.getByText('2 devices in 1 new roll-out').waitFor();
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByRole('status').filter({ hasText: '2 devices in 1 new roll-out' }).waitFor();
    await heading(/^FirmwareUpgrade-/)
      .filter({ hasNotText: rollout })
      .waitFor();
    const retry = await heading(/^FirmwareUpgrade-/).innerText();
    await page.getByRole('link', { name: SILENT }).first().click();
    await page.locator('.state.lit', { hasText: 'StartDownload' }).waitFor();
    await page.getByText(/waiting .*hall-00007/).waitFor();
    await open(retry, `#/rollouts/${retry}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Cancel the roll-out' }).click();
    await status('cancelled').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('says why it cannot create a roll-out', async () => {
    await open('Roll-outs', '#/rollouts');
    await page.getByRole('button', { name: 'New roll-out' }).click();
    await page.getByLabel('To version').fill('not a version');
    await page.getByLabel('Its name, or ARN').fill(GROUP);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('alert').filter({ hasText: 'firmwareVersion must be 1 to 64 letters' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Back where the dialog was opened.
    expect(await focused().innerText()).toBe('New roll-out');
  });

  /** Each page, with what shows that it is complete. */
  const pages = (): readonly (readonly [string | RegExp, string, string | RegExp])[] => [
    ['Fleet', '#/', 'Firmware versions'],
    ['Roll-outs', '#/rollouts', rollout],
    [rollout, `#/rollouts/${rollout}`, 'States.Timeout'],
    ['Devices', '#/devices', FAILING],
    [FAILING, `#/devices/${FAILING}`, 'What happened in attempt'],
  ];

  test.each(['light', 'dark'] as const)('is accessible in the %s theme', async (theme) => {
    for (const [name, hash, complete] of pages()) {
      await open(name, hash);
      await page.getByRole('combobox', { name: 'Theme' }).selectOption(theme);
      await page.locator('main').getByText(complete).first().waitFor();
      const closed = page.locator('details:not([open]) > summary');
      while ((await closed.count()) > 0) await closed.first().click();
      expect([name, await violationsIn(page)]).toEqual([name, []]);
    }
    await open('Roll-outs', '#/rollouts');
    await page.getByRole('button', { name: 'New roll-out' }).click();
    await page.getByText('Options').click();
    expect(await violationsIn(page)).toEqual([]);
    const colors = 'getComputedStyle(document.body).backgroundColor';
    expect(await page.evaluate(colors)).toBe(theme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(20, 23, 28)');
  });

  test('follows the theme of the system', async () => {
    await open('Fleet', '#/');
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('system');
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).toBe('rgb(20, 23, 28)');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await background()).toBe('rgb(246, 247, 249)');
  });

  test('fits a screen of 375 pixels', async () => {
    await page.setViewportSize({ width: 375, height: 700 });
    for (const [name, hash, complete] of pages()) {
      await open(name, hash);
      await page.locator('main').getByText(complete).first().waitFor();
      expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, 375]);
    }
    await page.setViewportSize(VIEWPORT);
  });

  test('follows nothing while it is hidden', async () => {
    await open('Fleet', '#/');
    await page.getByText('● live').waitFor();
    const hide = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    const isStream = (request: { url(): string }) => request.url().includes('/api/live');
    await Promise.all([page.waitForEvent('requestfailed', isStream), hide(true)]);
    await Promise.all([page.waitForRequest(isStream), hide(false)]);
  });

  test('shows that it has lost the server, and goes on when it is back', async () => {
    await open('Fleet', '#/');
    await page.getByText('● live').waitFor();
    const { port } = new URL(served.url);
    await served.close();
    await page.getByText('no connection: trying again').waitFor();
    const { clientConfig } = stack.aws;
    served = await startConsole({ clientConfig, stackName: 'wme', isLocal: true, port: Number(port) });
    // It has another token.
    await heading('The server does not know this page').waitFor();
    await page.goto(served.url);
    await heading('Fleet').waitFor();
    await page.getByText('● live').waitFor();
  });

  test('has done nothing that its content security policy refuses, and no script has failed', () => {
    expect(browser.complaints).toEqual([]);
    expect(stack.problems).toEqual([]);
  });
});
