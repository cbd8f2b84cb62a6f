import { Fragment } from 'preact';
import type { Failures } from '../../../operate/rollouts/failures';
import { href } from '../router';
import { Status } from './status';
import { Foreign, numberText, plural } from './text';

export const FailureTable = ({ failures, jobId }: { readonly failures: Failures; readonly jobId: string }) => {
  const { groups, looked, failed } = failures;
  if (failed === 0) return <p class="quiet">No device has failed.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" class="number">
              Devices
            </th>
            <th scope="col">For example</th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
      {looked < failed && (
        <p class="quiet">
          {numberText(looked)} of {plural(failed, 'failed device')} looked at.
        </p>
      )}
    </>
  );
};
