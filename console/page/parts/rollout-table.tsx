import { failedIn, totalsOf } from '../../../operate/words/statuses';
import type { RolloutRow } from '../../shared/topics';
import { href } from '../router';
import { ProgressBar, Status } from './status';
import { Foreign, numberText, Time } from './text';
import { Table } from './table';

export const RolloutTable = ({ rollouts }: { readonly rollouts: readonly RolloutRow[] }) =>
  rollouts.length === 0 ? (
    <p class="quiet">There is no roll-out yet.</p>
  ) : (
    <Table
      columns={[
        'Roll-out',
        'To version',
        'Status',
        { title: 'Devices', className: 'number wide' },
        { title: 'Failed', className: 'number' },
        { title: 'Progress', className: 'wide' },
        { title: 'Created', className: 'wide' },
      ]}
    >
      {rollouts.map(({ jobId, status, counts, createdAt, firmwareVersion = '–' }) => (
        <tr key={jobId}>
          <th scope="row">
            <a href={href(['rollouts', jobId])}>{jobId}</a>
          </th>
          <td>
            <Foreign text={firmwareVersion} />
          </td>
          <td>
            <Status status={status} />
          </td>
          <td class="number wide">{numberText(totalsOf(counts).all)}</td>
          <td class="number">{numberText(failedIn(counts))}</td>
          <td class="wide">
            <ProgressBar counts={counts} label={`Progress of ${jobId}`} />
          </td>
          <td class="wide">
            <Time at={createdAt} />
          </td>
        </tr>
      ))}
    </Table>
  );
