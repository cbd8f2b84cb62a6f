import type { TimelineEntry } from '../../../operate/devices/timeline';
import { duration, Foreign, Time } from './text';

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
    <table class="timeline">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col" class="number wide">
            After
          </th>
          <th scope="col">Of</th>
          <th scope="col">What happened</th>
        </tr>
      </thead>
      <tbody>
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
      </tbody>
    </table>
  );
};
