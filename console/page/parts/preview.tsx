import type { Preview } from '../../../operate/rollouts/create-rollout';
import { Foreign, numberText, plural } from './text';

const NOTES: readonly { readonly name: keyof Preview; readonly text: string }[] = [
  { name: 'offline', text: 'not connected now' },
  { name: 'alreadyOnTarget', text: 'on the version already' },
  { name: 'needsDowngrade', text: 'on a newer version, and refused' },
  { name: 'incompatible', text: 'not compatible, and refused' },
  { name: 'withoutVersion', text: 'without a version in the registry: they fail' },
  { name: 'notFound', text: 'not found' },
];

/** What a roll-out would reach, as the dry run has counted it. */
export const PreviewFacts = ({ preview }: { readonly preview: Preview }) => {
  const notes = NOTES.flatMap(({ name, text }) => {
    const count = preview[name];
    return typeof count === 'number' && count > 0 ? [{ name, text, count }] : [];
  });
  const versions = Object.entries(preview.versions).toSorted(([, a], [, b]) => b - a);
  return (
    <div class="preview">
      <p>
        <strong>{plural(preview.devices, 'device')}</strong> would get the job.
      </p>
      <ul>
        {versions.map(([version, count]) => (
          <li key={version}>
            {numberText(count)} on <Foreign text={version} />
          </li>
        ))}
        {preview.onOtherVersions > 0 && <li>{numberText(preview.onOtherVersions)} on other versions</li>}
        {notes.map(({ name, text, count }) => (
          <li key={name}>
            {numberText(count)} {text}
            {preview.samples[name] && (
              <small>
                {' '}
                (<Foreign text={preview.samples[name].join(', ')} />
                {count > preview.samples[name].length && ', …'})
              </small>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
};
