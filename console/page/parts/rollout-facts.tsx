import type { ComponentChildren } from 'preact';
import type { RolloutWithDocument } from '../../../operate/rollouts/describe-rollout';
import { Foreign, Time } from './text';

/** The name of a thing or a group in its ARN. */
const targetName = (arn: string): string =>
  arn.split(':').slice(5).join(':').replace('thinggroup/', 'group ').replace('thing/', '');

const Json = ({ value }: { readonly value: unknown }) => (
  <code>
    <Foreign text={JSON.stringify(value)} />
  </code>
);

/** What a roll-out is to do. */
export const RolloutFacts = ({ rollout }: { readonly rollout: RolloutWithDocument }) => {
  const { document, targets, targetSelection, createdAt, completedAt, configs, nextWindows, comment, reasonCode } =
    rollout;
  const { firmwareVersion, stateMachineName: _, ...options } = document;
  const names = targets.map(targetName);
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['To version', <Foreign text={firmwareVersion ?? '–'} />],
    [
      'For',
      <Foreign
        text={names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')}
      />,
    ],
    ['Devices that join later', targetSelection === 'CONTINUOUS' ? 'get it, too' : 'do not get it'],
    ['Created', <Time at={createdAt} />],
    ...(completedAt === undefined ? [] : [['Over', <Time at={completedAt} />] as const]),
    ...(reasonCode === undefined ? [] : [['Reason', <Foreign text={reasonCode} />] as const]),
    ...(comment === undefined ? [] : [['Comment', <Foreign text={comment} />] as const]),
    ...(nextWindows[0] === undefined ? [] : [['Next window', nextWindows[0]] as const]),
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Settings and job document</summary>
        <dl class="facts">
          {Object.entries({ ...configs, ...options }).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Json value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
};
