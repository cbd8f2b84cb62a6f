import { useState } from 'preact/hooks';
import { announce } from '../announce';
import { post } from '../api';
import { Modal, Problem } from '../parts/modal';
import { plural } from '../parts/text';
import { useAction } from '../use-action';

export const CancelRollout = ({
  jobId,
  upgrading,
  onClose,
}: {
  readonly jobId: string;
  readonly upgrading: number;
  readonly onClose: () => void;
}) => {
  const [isForced, setForced] = useState(false);
  const { isRunning, problem, run } = useAction();
  const cancel = () =>
    run(async () => {
      await post('rollouts/cancel', { jobId, force: isForced });
      announce(`Roll-out ${jobId} is cancelled.`);
      onClose();
    });
  return (
    <Modal title={`Cancel ${jobId}`} onClose={onClose}>
      <p>Devices that have not begun do not begin any more. A cancelled roll-out cannot go on.</p>
      <label class="check">
        <input type="checkbox" checked={isForced} onChange={({ currentTarget }) => setForced(currentTarget.checked)} />
        Also stop the workflows of devices that are upgrading ({plural(upgrading, 'device')} now)
      </label>
      <Problem text={problem} />
      <footer>
        <button type="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="danger" disabled={isRunning} onClick={cancel}>
          Cancel the roll-out
        </button>
      </footer>
    </Modal>
  );
};
