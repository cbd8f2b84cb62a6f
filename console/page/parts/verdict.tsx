import { useState } from 'preact/hooks';
import type { Explanation, Verdict } from '../../../operate/explain/facts';
import { topic } from '../../shared/topics';
import { useLive } from '../use-live';
import { Loaded } from './section';
import { Foreign, Since, Time } from './text';

const KINDS: Readonly<
  Record<Verdict['kind'], { readonly sign: string; readonly word: string; readonly tone: string }>
> = {
  none: { sign: '–', word: 'nothing to do', tone: 'idle' },
  waiting: { sign: '◷', word: 'waiting', tone: 'busy' },
  working: { sign: '▶', word: 'working', tone: 'busy' },
  succeeded: { sign: '✓', word: 'succeeded', tone: 'good' },
  failed: { sign: '✕', word: 'failed', tone: 'bad' },
  stopped: { sign: '■', word: 'stopped', tone: 'off' },
  stuck: { sign: '!', word: 'stuck', tone: 'bad' },
};

const Sentence = ({ explanation: { kind, sentence, since, until, help } }: { readonly explanation: Explanation }) => {
  const { sign, word, tone } = KINDS[kind];
  return (
    <div class="verdict">
      <p>
        <span class={`status ${tone}`}>
          <span aria-hidden="true">{sign}</span> {word}
        </span>{' '}
        <Foreign text={sentence} />
      </p>
      {since !== undefined && (
        <p class="quiet">
          Since <Time at={since} />
          {(kind === 'waiting' || kind === 'working') && (
            <>
              {' '}
              (<Since at={since} />)
            </>
          )}
          {until !== undefined && (
            <>
              , until <Time at={until} />
            </>
          )}
        </p>
      )}
      {help !== undefined && (
        <p>
          <Foreign text={help} />
        </p>
      )}
    </div>
  );
};

const DeadLetters = ({ thingName, jobId }: { readonly thingName: string; readonly jobId: string | undefined }) => {
  const explanation = useLive(topic('explanation', { thing: thingName, job: jobId, letters: 'yes' }));
  return (
    <Loaded live={explanation}>
      {({ evidence }) => (
        <ul>
          {evidence
            .filter(({ label }) => label.startsWith('Dead letter'))
            .map(({ text }) => (
              <li key={text}>
                <Foreign text={text} />
              </li>
            ))}
        </ul>
      )}
    </Loaded>
  );
};

/** What a device waits for, or how its upgrade ended, and what that is known from. */
export const Explained = ({ thingName, jobId }: { readonly thingName: string; readonly jobId: string | undefined }) => {
  const explanation = useLive(topic('explanation', { thing: thingName, job: jobId }));
  const [withLetters, setWithLetters] = useState(false);
  return (
    <Loaded live={explanation}>
      {(value) => (
        <>
          <Sentence explanation={value} />
          <details>
            <summary>What this rests on</summary>
            <dl class="evidence">
              {value.evidence.map(({ label, text }, index) => (
                <div key={index}>
                  <dt>{label}</dt>
                  <dd>
                    <Foreign text={text} />
                  </dd>
                </div>
              ))}
            </dl>
            {withLetters ? (
              <DeadLetters thingName={thingName} jobId={value.jobId} />
            ) : (
              <button type="button" onClick={() => setWithLetters(true)}>
                Look for dead letters
              </button>
            )}
          </details>
        </>
      )}
    </Loaded>
  );
};
