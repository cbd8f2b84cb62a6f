import type { Operator } from '../operator';
import { AFTER_THE_END } from './after-the-end';
import { BEFORE_THE_WORKFLOW } from './before-the-workflow';
import { evidenceOf } from './evidence';
import type { Explanation, Facts, Verdict } from './facts';
import { gatherFacts } from './gather';
import { IN_THE_WORKFLOW } from './in-the-workflow';

const REASONS = [...BEFORE_THE_WORKFLOW, ...AFTER_THE_END, ...IN_THE_WORKFLOW];

/** The first reason that applies. */
export const verdictOn = (facts: Facts): Verdict => {
  for (const reason of REASONS) {
    const verdict = reason(facts);
    if (verdict) return verdict;
  }
  const { thingName, execution } = facts;
  return { kind: 'working', sentence: `The job execution of ${thingName} is ${execution?.status ?? 'not known'}.` };
};

/** What is being waited for, since when, until when, what would help, and what that rests on. No call: facts to text. */
export const explanationOf = (facts: Facts): Explanation => ({
  thingName: facts.thingName,
  ...(facts.jobId !== undefined && { jobId: facts.jobId }),
  ...verdictOn(facts),
  evidence: evidenceOf(facts),
});

/** Gathers the facts about a device in a roll-out, and explains them. */
export const explain = async (
  operator: Operator,
  thingName: string,
  options: Parameters<typeof gatherFacts>[2] = {},
): Promise<Explanation> => explanationOf(await gatherFacts(operator, thingName, options));
