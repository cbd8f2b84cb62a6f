import type { FleetOverview } from '../../../operate/devices/fleet-overview';
import type { RolloutRow } from '../../shared/topics';
import { topic } from '../../shared/topics';
import { Loaded, Section } from '../parts/section';
import { RolloutTable } from '../parts/rollout-table';
import { StepsTable } from '../parts/steps';
import { Foreign, numberText, percent } from '../parts/text';
import { href } from '../router';
import { useLive } from '../use-live';
import { Table } from '../parts/table';

const Figures = ({ fleet }: { readonly fleet: FleetOverview }) => {
  const { devices, connected, disconnected } = fleet;
  const figures = [
    ['Devices', devices, '*'],
    ['Connected', connected, 'connectivity.connected:true'],
    ['Offline', disconnected, 'connectivity.connected:false'],
    ['Never connected', Math.max(0, devices - connected - disconnected), '* AND NOT connectivity.connected:*'],
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, count, query]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <a href={href(['devices'], { query })}>{numberText(count)}</a>
            {name !== 'Devices' && <small> {percent(count, devices)}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
};

const Versions = ({
  fleet: { devices, versions, onOtherVersions, withoutVersion },
}: {
  readonly fleet: FleetOverview;
}) => {
  const rows = [
    ...versions.map(({ version, devices: count }) => ({
      name: version,
      count,
      query: `attributes.firmwareVersion:"${version}"` as string | undefined,
    })),
    ...(onOtherVersions > 0 ? [{ name: 'other versions', count: onOtherVersions, query: undefined }] : []),
    ...(withoutVersion > 0
      ? [{ name: 'no version', count: withoutVersion, query: '* AND NOT attributes.firmwareVersion:*' }]
      : []),
  ];
  return (
    <Table
      columns={[
        'Version',
        { title: 'Devices', className: 'number' },
        { title: 'Share', className: 'number' },
        { title: '', className: 'wide' },
      ]}
    >
      {rows.map(({ name, count, query }) => (
        <tr key={name}>
          <th scope="row">
            {query === undefined ? (
              name
            ) : (
              <a href={href(['devices'], { query })}>
                <Foreign text={name} />
              </a>
            )}
          </th>
          <td class="number">{numberText(count)}</td>
          <td class="number">{percent(count, devices)}</td>
          <td class="wide" aria-hidden="true">
            <div class="share" style={{ width: `${(100 * count) / Math.max(1, devices)}%` }} />
          </td>
        </tr>
      ))}
    </Table>
  );
};

const RunningRollout = ({ rollout }: { readonly rollout: RolloutRow }) => {
  const steps = useLive(topic('steps', { id: rollout.jobId }));
  return (
    <Section title={`Where devices of ${rollout.jobId} are`}>
      <Loaded live={steps}>{(value) => <StepsTable steps={value} />}</Loaded>
    </Section>
  );
};

/** Roll-outs whose steps are shown here: each takes calls. */
const MAX_RUNNING = 3;

export const FleetView = () => {
  const fleet = useLive('fleet');
  const rollouts = useLive('rollouts');
  const running = (rollouts.value?.items ?? []).filter(({ status }) => status === 'IN_PROGRESS');
  return (
    <>
      <h1 tabIndex={-1}>Fleet</h1>
      <Loaded live={fleet}>{(value) => <Figures fleet={value} />}</Loaded>
      <div class="columns">
        <Section title="Firmware versions">
          <Loaded live={fleet}>{(value) => <Versions fleet={value} />}</Loaded>
        </Section>
        <Section title="Latest roll-outs" aside={<a href={href(['rollouts'])}>All roll-outs</a>}>
          <Loaded live={rollouts}>{({ items }) => <RolloutTable rollouts={items.slice(0, 5)} />}</Loaded>
        </Section>
        {running.slice(0, MAX_RUNNING).map((rollout) => (
          <RunningRollout key={rollout.jobId} rollout={rollout} />
        ))}
      </div>
    </>
  );
};
