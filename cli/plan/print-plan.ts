import { type Column, tableLines } from '../output/table';
import type { Plan } from '../../plan/plan';
import { QUOTA } from '../../plan/quotas';
import type { SimulationResult } from '../../plan/simulate';

const count = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const percent = (share: number) => `${count(share * 100, share < 0.1 ? 1 : 0)} %`;

const hours = (value: number): string => {
  if (value >= 48) return `${count(value / 24, 1)} days`;
  return value >= 1 ? `${count(value, 1)} h` : `${count(value * 60, 1)} min`;
};

const verdict = ({
  fitsWindow,
  neededRate,
  allowedRate,
  bindingQuota,
  request: { windowHours, share },
}: Plan): string => {
  const bound = `${count(allowedRate, 1)} devices a second (${QUOTA[bindingQuota].what} binds first, at ${percent(share)} of the quota)`;
  if (fitsWindow)
    return `It fits into ${hours(windowHours)}: that needs ${count(neededRate, 1)} devices a second, the quotas allow ${bound}.`;
  return Number.isFinite(neededRate)
    ? `It does not fit into ${hours(windowHours)}: that needs ${count(neededRate, 1)} devices a second, the quotas allow ${bound}.`
    : `It does not fit into ${hours(windowHours)}: one device takes longer than that. The quotas allow ${bound}.`;
};

const COLUMNS: readonly Column[] = [
  { title: 'Quota' },
  { title: 'default', right: true },
  { title: 'devices/s', right: true },
  { title: 'used', right: true },
  { title: 'ask for' },
];

const quotaTable = ({ uses }: Plan): readonly string[] => {
  const rows = uses.map(({ quota, limit, allowedRate, used, askFor }) => {
    const { what, kind, isAdjustable, isUnconfirmed } = QUOTA[quota];
    const unit = kind === 'rate' ? '/s' : '';
    return [
      `${what}${isUnconfirmed ? ' *' : ''}`,
      `${count(limit)}${unit}`,
      Number.isFinite(allowedRate) ? count(allowedRate, 1) : 'per job',
      percent(used),
      askFor === undefined ? '' : isAdjustable ? `${count(askFor)}${unit}` : 'cannot be raised',
    ];
  });
  return [
    ...tableLines(COLUMNS, rows, Infinity),
    '* not confirmed on a page of AWS: look at Service Quotas before you rely on it',
  ];
};

/** A plan in words. */
export const planLines = (plan: Plan): readonly string[] => {
  const { request, rate, durationHours, jobs, perMinute, usd, usdPer1000 } = plan;
  const payload = JSON.stringify({ firmwareVersion: '…', targetArn: '…', rollout: { maximumPerMinute: perMinute } });
  return [
    `Roll-out of ${count(request.devices)} devices in ${request.region}`,
    '',
    verdict(plan),
    `Rate      ${count(rate, 1)} devices a second, ${count(rate * 60)} a minute`,
    `Duration  ${hours(durationHours)}`,
    `Cost      $ ${count(usd)} ($ ${count(usdPer1000, 2)} per 1,000; docs/operations.md says what is in it)`,
    jobs === 1
      ? `Job       one, with the payload ${payload}`
      : `Jobs      ${jobs}, each for its own part of the fleet (a thing group), because IoT Jobs rolls out at most 1,000 a minute per job; payload of each: ${payload}`,
    '',
    ...quotaTable(plan),
  ];
};

/** What a simulation found, against the plan. @param rate devices per second that were to begin */
export const simulationLines = (result: SimulationResult, rate: number): readonly string[] => {
  const refused = result.uses.filter((use) => use.refused > 0);
  return [
    `Simulated ${count(result.succeeded + result.failed + result.notStarted)} devices at ${count(rate, 1)} a second: ${count(result.succeeded)} succeeded, ${count(result.failed)} failed, ${count(result.notStarted)} not started, ${count(result.deadLetters)} dead letters`,
    `Achieved  ${count(result.achievedRate, 1)} devices a second (${percent(result.achievedRate / rate)} of the plan)`,
    ...(refused.length === 0
      ? ['Throttled nothing']
      : refused.map(
          ({ quota, refused: no, asked, limit, peak }) =>
            `Throttled ${QUOTA[quota].what}: ${count(no)} of ${count(asked)} requests, at most ${count(peak)} in a second against ${count(limit)}`,
        )),
  ];
};
