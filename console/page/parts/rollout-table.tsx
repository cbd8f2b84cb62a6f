import { failedIn, totalsOf } from '../../../operate/words/statuses';
import type { RolloutRow } from '../../shared/topics';
import { href } from '../router';
import { ProgressBar, Status } from './status';
import { Foreign, numberText, Time } from './text';

export const RolloutTable = ({ rollouts }: { readonly rollouts: readonly RolloutRow[] }) =>
  rollouts.length === 0 ? (
    <p class="quiet">There is no roll-out yet.</p>
  ) : (
    <table>
      <thead>
        <tr>
          <th scope="col">Roll-out</th>
          <th scope="col">To version</th>
          <th scope="col">Status</th>
          <th scope="col" class="number wide">
            Devices
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="wide">
            Progress
          </th>
          <th scope="col" class="wide">
            Created
          </th>
        </tr>
      </thead>
      <tbody>
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
      </tbody>
    </table>
  );
