import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser of this computer; undefined where there is none. */
const executablePath = [process.env['CHROMIUM'], ...PLACES].find((path) => path !== undefined && existsSync(path));

/** Tests that need a browser. Without one they are skipped, and that is said loudly. */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (executablePath === undefined)
    process.stderr.write(`\nNOT TESTED: ${name}. There is no browser: install chromium, or name one in CHROMIUM.\n\n`);
  (executablePath === undefined ? describe.skip : describe)(name, tests);
};

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  readonly context: BrowserContext;
  /** What pages have complained about: errors of scripts, and what the content security policy has refused. */
  readonly complaints: string[];
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** A browser with a profile of its own. @param options of the context, such as colorScheme and viewport */
export const startBrowser = async (
  options: { readonly colorScheme?: 'light' | 'dark'; readonly viewport?: { width: number; height: number } } = {},
): Promise<TestBrowser> => {
  const profile = await mkdtemp(join(tmpdir(), 'wme-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath !== undefined && { executablePath }),
    args: FLAGS,
    headless: true,
    ...options,
  });
  const complaints: string[] = [];
  return {
    context,
    complaints,
    newPage: async () => {
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        const isComplaint = message.type() === 'error' || message.type() === 'warning';
        // An answer with an error status is none: the page says what it means.
        if (isComplaint && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
      });
      return page;
    },
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};
