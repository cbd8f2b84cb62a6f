import { useState } from 'preact/hooks';
import { topic } from '../../shared/topics';
import { Pager } from '../parts/pager';
import { RolloutTable } from '../parts/rollout-table';
import { Loaded } from '../parts/section';
import { useLive } from '../use-live';
import { CreateRollout } from './create-rollout';

export const RolloutsView = ({ query }: { readonly query: URLSearchParams }) => {
  const after = query.get('after') ?? undefined;
  const rollouts = useLive(topic('rollouts', { after }));
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <header class="title">
        <h1 tabIndex={-1}>Roll-outs</h1>
        <button type="button" class="primary" onClick={() => setCreating(true)}>
          New roll-out
        </button>
      </header>
      <Loaded live={rollouts}>
        {({ items, nextToken }) => (
          <>
            <RolloutTable rollouts={items} />
            <Pager path={['rollouts']} query={{}} after={after} next={nextToken} />
          </>
        )}
      </Loaded>
      {isCreating && <CreateRollout onClose={() => setCreating(false)} />}
    </>
  );
};
