import { useRef, useState } from 'preact/hooks';
import type { Preview } from '../../../operate/rollouts/create-rollout';
import type { StackView } from '../../shared/topics';
import { announce } from '../announce';
import { post } from '../api';
import { Modal, Problem } from '../parts/modal';
import { PreviewFacts } from '../parts/preview';
import { rolloutRequest } from '../rollout-request';
import { go, href } from '../router';
import { useAction } from '../use-action';
import { useLive } from '../use-live';

const Options = () => (
  <details>
    <summary>Options</summary>
    <div class="fields">
      <label>
        <span>Devices per minute</span>
        <input name="maximumPerMinute" type="number" min={1} max={1000} placeholder="no limit" />
      </label>
      <label>
        <span>Devices that are offline</span>
        <select name="whenOffline">
          <option value="wait">are upgraded when they connect</option>
          <option value="fail">fail</option>
        </select>
      </label>
      <label>
        <span>Cancel it when so many per cent fail</span>
        <input name="abortPercentage" type="number" min={1} max={100} placeholder="never" />
      </label>
      <label>
        <span>… of at least so many devices</span>
        <input name="abortAfter" type="number" min={1} placeholder="1" />
      </label>
      <label>
        <span>Boot not before, device time</span>
        <input name="windowStart" type="time" />
      </label>
      <label>
        <span>… and not after</span>
        <input name="windowEnd" type="time" />
      </label>
      <label class="long">
        <span>Address of the firmware</span>
        <input name="url" type="url" placeholder="as the devices are configured" />
      </label>
      <label class="check">
        <input name="continuous" type="checkbox" /> Also devices that join the group later
      </label>
      <label class="check">
        <input name="allowDowngrade" type="checkbox" /> Also devices with a newer version
      </label>
    </div>
  </details>
);

const Target = () => {
  const { value: groups } = useLive('groups');
  return (
    <>
      <label>
        <span>For</span>
        <select name="targetKind">
          <option value="thinggroup">a thing group</option>
          <option value="thing">one device</option>
        </select>
      </label>
      <label>
        <span>Its name, or ARN</span>
        <input name="target" required list="groups" autocomplete="off" />
      </label>
      <datalist id="groups">
        {groups?.items.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
};

/** A form that creates a roll-out only after a dry run of just that has been seen. */
const Form = ({ stack, onClose }: { readonly stack: StackView; readonly onClose: () => void }) => {
  const form = useRef<HTMLFormElement>(null);
  const [seen, setSeen] = useState<{ readonly request: object; readonly preview: Preview }>();
  const { isRunning, problem, run } = useAction();
  const preview = (event: Event) => {
    event.preventDefault();
    if (form.current === null) return;
    const request = rolloutRequest(new FormData(form.current), stack);
    run(async () => setSeen({ request, preview: await post<Preview>('rollouts/preview', request) }));
  };
  const create = () =>
    run(async () => {
      const { jobId } = await post<{ jobId: string }>('rollouts/create', seen?.request);
      announce(`Roll-out ${jobId} is created.`);
      onClose();
      go(href(['rollouts', jobId]));
    });
  return (
    <form ref={form} onSubmit={preview} onInput={() => setSeen(undefined)}>
      <div class="fields">
        <label class="long">
          <span>To version</span>
          <input name="firmwareVersion" required autocomplete="off" placeholder="1.2.3" />
        </label>
        <Target />
      </div>
      <Options />
      <div aria-live="polite">{seen && <PreviewFacts preview={seen.preview} />}</div>
      <Problem text={problem} />
      <footer>
        <button type="submit" class={seen ? '' : 'primary'} disabled={isRunning}>
          Preview
        </button>
        <button type="button" class={seen ? 'primary' : ''} disabled={isRunning || seen === undefined} onClick={create}>
          Create the roll-out
        </button>
      </footer>
    </form>
  );
};

export const CreateRollout = ({ onClose }: { readonly onClose: () => void }) => {
  const { value: stack } = useLive('stack');
  return (
    <Modal title="New roll-out" onClose={onClose}>
      {stack && <Form stack={stack} onClose={onClose} />}
    </Modal>
  );
};
