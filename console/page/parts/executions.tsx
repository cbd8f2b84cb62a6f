import { STATUSES, statusInWords } from '../../../operate/words/statuses';
import { topic } from '../../shared/topics';
import { go, href } from '../router';
import { useLive } from '../use-live';
import { Pager } from './pager';
import { Loaded, Section } from './section';
import { Status } from './status';
import { Foreign, Time } from './text';
import { Table } from './table';

/** The devices of a roll-out, by status, page by page. */
export const Executions = ({ jobId, query }: { readonly jobId: string; readonly query: URLSearchParams }) => {
  const status = query.get('status') ?? undefined;
  const after = query.get('after') ?? undefined;
  const path = ['rollouts', jobId];
  const executions = useLive(topic('executions', { id: jobId, status, after }));
  const filter = (
    <select
      aria-label="Status of the devices"
      value={status ?? ''}
      onChange={({ currentTarget }) => go(href(path, { status: currentTarget.value }))}
    >
      <option value="">all</option>
      {STATUSES.map((name) => (
        <option key={name} value={name}>
          {statusInWords(name)}
        </option>
      ))}
    </select>
  );
  return (
    <Section title="Devices" aside={filter}>
      <Loaded live={executions}>
        {({ items, nextToken }) =>
          items.length === 0 ? (
            <p class="quiet">No device {status ? 'has this status' : 'has the job yet'}.</p>
          ) : (
            <>
              <Table columns={['Device', 'Status', { title: 'Attempt', className: 'wide number' }, 'Changed']}>
                {items.map((execution) => (
                  <tr key={execution.thingName}>
                    <th scope="row">
                      <a href={href(['devices', execution.thingName], { job: jobId })}>
                        <Foreign text={execution.thingName} />
                      </a>
                    </th>
                    <td>
                      <Status status={execution.status} />
                    </td>
                    <td class="wide number">{execution.executionNumber}</td>
                    <td>
                      <Time at={execution.lastUpdatedAt} />
                    </td>
                  </tr>
                ))}
              </Table>
              <Pager path={path} query={{ status }} after={after} next={nextToken} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
};
