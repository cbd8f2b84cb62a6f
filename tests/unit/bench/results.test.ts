import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { scalePlot } from '../../../bench/full/charts';
import { scaleSection } from '../../../bench/full/report';
import { scaleSchema } from '../../../bench/full/size-result';
import { withSection } from '../../../bench/results';
import { ROOT } from '../../support/template';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('a section of a document', () => {
  const document = 'before\n<!-- a -->\nold\n<!-- /a -->\nafter';

  test('is replaced, and nothing around it', () => {
    expect(withSection(document, 'a', 'new')).toBe('before\n<!-- a -->\n\nnew\n\n<!-- /a -->\nafter');
  });
  test('may be replaced again', () => {
    const once = withSection(document, 'a', 'new');
    expect(withSection(once, 'a', 'new')).toBe(once);
  });
  test('that is not there is an error that names what is missing', () => {
    expect(() => withSection(document, 'b', 'new')).toThrow('<!-- b --> and <!-- /b -->');
  });
});

describe('the committed results', () => {
  const scale = v.parse(scaleSchema, JSON.parse(read('bench/results/scale.json')));

  test('are what the plot shows', () => expect(read('bench/results/scale.svg')).toBe(scalePlot(scale)));
  test('are what docs/scale.md says', () => {
    expect(read('docs/scale.md')).toContain(scaleSection(scale.sizes));
  });
});
