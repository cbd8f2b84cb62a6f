import { Fragment } from 'preact';
import type { Failures } from '../../../operate/rollouts/failures';
import { href } from '../router';
import { Status } from './status';
import { Foreign, numberText, plural } from './text';
import { Table } from './table';

export const FailureTable = ({ failures, jobId }: { readonly failures: Failures; readonly jobId: string }) => {
  const { groups, looked, failed } = failures;
  if (failed === 0) return <p class="quiet">No device has failed.</p>;
  return (
    <>
      <Table columns={['Cause', { title: 'Devices', className: 'number' }, 'For example']}>
        {groups.map(({ status, step, error, cause, devices, samples }) => (
          <tr key={`${status} ${step} ${error}`}>
            <th scope="row">
              {error === undefined ? <Status status={status} /> : <Foreign text={error} />}
              {step !== undefined && (
                <small>
                  {' '}
                  in <Foreign text={step} />
                </small>
              )}
              {cause !== undefined && (
                <p class="cause">
                  <Foreign text={cause} />
                </p>
              )}
            </th>
            <td class="number">{numberText(devices)}</td>
            <td>
              {samples.slice(0, 3).map((thing, index) => (
                <Fragment key={thing}>
                  {index > 0 && ', '}
                  <a href={href(['devices', thing], { job: jobId })}>
                    <Foreign text={thing} />
                  </a>
                </Fragment>
              ))}
            </td>
          </tr>
        ))}
      </Table>
      {looked < failed && (
        <p class="quiet">
          {numberText(looked)} of {plural(failed, 'failed device')} looked at.
        </p>
      )}
    </>
  );
};
