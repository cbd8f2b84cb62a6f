import type { Steps } from '../../../operate/steps/crawler';
import { NOT_BEGUN, stateInWords } from '../../../operate/words/states';
import { numberText, plural, Time } from './text';
import { Table } from './table';

/** How much of the roll-out the numbers are of. */
export const Looked = ({ steps: { looked, pending, asOf } }: { readonly steps: Steps }) => (
  <p class="quiet">
    {looked < pending
      ? `${numberText(looked)} of ${plural(pending, 'pending device')} looked at; the oldest look is of `
      : `${plural(pending, 'pending device')}, as of `}
    <Time at={asOf} />
  </p>
);

/** In which states of the state machine devices are, most of them first. */
export const StepsTable = ({ steps }: { readonly steps: Steps }) => {
  const rows = Object.entries(steps.byState).toSorted(([, a], [, b]) => b - a);
  if (steps.pending === 0) return <p class="quiet">No device is upgrading.</p>;
  return (
    <>
      <Table columns={['Step', 'State', { title: 'Devices', className: 'number' }]}>
        {rows.map(([state, count]) => (
          <tr key={state}>
            <th scope="row">{stateInWords(state).label}</th>
            <td>{state === NOT_BEGUN ? '–' : state}</td>
            <td class="number">{numberText(count)}</td>
          </tr>
        ))}
      </Table>
      <Looked steps={steps} />
    </>
  );
};
