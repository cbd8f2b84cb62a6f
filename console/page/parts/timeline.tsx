import type { TimelineEntry } from '../../../operate/devices/timeline';
import { duration, Foreign, Time } from './text';
import { Table } from './table';

const SOURCES: Readonly<Record<TimelineEntry['source'], { readonly sign: string; readonly word: string }>> = {
  job: { sign: '▤', word: 'job' },
  workflow: { sign: '◇', word: 'workflow' },
  device: { sign: '▲', word: 'device' },
  command: { sign: '▼', word: 'command' },
};

/** What happened to a device in one attempt, in order. */
export const Timeline = ({ entries }: { readonly entries: readonly TimelineEntry[] }) => {
  const start = entries[0]?.at ?? 0;
  return (
    <Table className="timeline" columns={['Time', { title: 'After', className: 'number wide' }, 'Of', 'What happened']}>
      {entries.map(({ at, source, words, name }, index) => (
        <tr key={index} class={source}>
          <td>
            <Time at={at} />
          </td>
          <td class="number wide">{duration(at - start)}</td>
          <td class="source">
            <span aria-hidden="true">{SOURCES[source].sign}</span> {SOURCES[source].word}
          </td>
          <td>
            <Foreign text={words} />{' '}
            <small>
              <Foreign text={name} />
            </small>
          </td>
        </tr>
      ))}
    </Table>
  );
};
