import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../../../operate/rollouts/create-rollout';
import { announce } from '../announce';
import { post } from '../api';
import { Modal, Problem } from '../parts/modal';
import { PreviewFacts } from '../parts/preview';
import { plural } from '../parts/text';
import { go, href } from '../router';
import { useAction } from '../use-action';

interface RetryPreview {
  readonly devices: number;
  readonly previews: readonly Preview[];
}

export const RetryFailed = ({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) => {
  const [preview, setPreview] = useState<RetryPreview>();
  const { isRunning, problem, run } = useAction();
  useEffect(() => run(async () => setPreview(await post<RetryPreview>('rollouts/retry-preview', { jobId }))), []);
  const retry = () =>
    run(async () => {
      const { devices, jobIds } = await post<{ devices: number; jobIds: readonly string[] }>('rollouts/retry', {
        jobId,
      });
      announce(`${plural(devices, 'device')} in ${plural(jobIds.length, 'new roll-out')}: ${jobIds.join(', ')}`);
      onClose();
      if (jobIds[0] !== undefined) go(jobIds.length === 1 ? href(['rollouts', jobIds[0]]) : href(['rollouts']));
    });
  return (
    <Modal title={`Retry the failed devices of ${jobId}`} onClose={onClose}>
      {preview === undefined ? (
        problem === undefined && <p class="quiet">Counting …</p>
      ) : (
        <>
          <p>
            {plural(preview.devices, 'device')} in {plural(preview.previews.length, 'new roll-out')}, with the settings
            of this one, and at once.
          </p>
          {preview.previews.map((part, index) => (
            <PreviewFacts key={index} preview={part} />
          ))}
        </>
      )}
      <Problem text={problem} />
      <footer>
        <button type="button" onClick={onClose}>
          Close
        </button>
        <button type="button" class="primary" disabled={isRunning || preview === undefined} onClick={retry}>
          Retry
        </button>
      </footer>
    </Modal>
  );
};
