import axe from 'axe-core';
import type { Page } from 'playwright-core';
import * as v from 'valibot';

const resultSchema = v.object({
  passes: v.pipe(v.array(v.unknown()), v.minLength(1, 'axe has checked nothing')),
  violations: v.array(
    v.object({
      id: v.string(),
      nodes: v.array(v.object({ html: v.string(), failureSummary: v.optional(v.string()) })),
    }),
  ),
});

/** Before the page is opened: its content security policy lets nobody add scripts afterwards. */
export const withAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: axe.source });

/** What is not accessible in the page as it is now: rule, element and reason. */
export const violationsIn = async (page: Page): Promise<readonly string[]> => {
  const { violations } = v.parse(resultSchema, await page.evaluate('axe.run()'));
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
};
