import type { CampaignResult } from './campaign';
import type { Violation } from './world';

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The most frequent first. */
const ranked = (counts: Readonly<Record<string, number>>) => Object.entries(counts).toSorted(([, a], [, b]) => b - a);

const PLACES = 6;

const injectedLines = ({ injected }: CampaignResult): readonly string[] =>
  Object.entries(injected).map(([kind, places]) => {
    const all = ranked(places);
    const shown = all.slice(0, PLACES).map(([place, count]) => `${place} ${count}`);
    const more = all.length > PLACES ? [`${all.length - PLACES} more`] : [];
    return `  ${kind.padEnd(14)}${String(sum(places)).padStart(6)}  ${[...shown, ...more].join(' · ')}`;
  });

const outcomeLines = ({ outcomes }: CampaignResult): readonly string[] =>
  ranked(outcomes).map(([outcome, count]) => `  ${String(count).padStart(6)}  ${outcome}`);

const violationLines = ({ invariant, device, expected, seen }: Violation): readonly string[] => [
  `  ${[invariant, device].filter(Boolean).join(', ')}`,
  `    expected: ${expected}`,
  `    seen:     ${seen}`,
];

/** For people. @param replay the command that runs the same campaign again */
export const reportLines = (result: CampaignResult, replay: string): readonly string[] => {
  const { seconds, workflows, redriven, poison, violations } = result;
  return [
    `Injected`,
    ...injectedLines(result),
    `Job executions`,
    ...outcomeLines(result),
    `${workflows} workflows, ${redriven} dead letters redriven, ${poison} poisoned ones left, ${seconds.toFixed(0)} s`,
    ...(violations.length === 0
      ? ['All invariants hold.']
      : [
          `${violations.length} violation${violations.length === 1 ? '' : 's'}:`,
          ...violations.flatMap(violationLines),
          `Replay: ${replay}`,
        ]),
  ];
};
