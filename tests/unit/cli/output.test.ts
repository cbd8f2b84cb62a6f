import { barLines, barsInLine } from '../../../cli/output/bars';
import { createLiveView } from '../../../cli/output/live';
import { createOutput } from '../../../cli/output/output';
import { printable, printableJson } from '../../../cli/output/printable';
import { cutTo, tableLines } from '../../../cli/output/table';

const written = () => {
  const parts: string[] = [];
  return { write: (text: string) => void parts.push(text), text: () => parts.join(''), parts };
};

describe('what is printed', () => {
  test('has no controls, formats or line separators of others', () => {
    expect(printable('a\u001b[31mb\u009b2Jc\nd\u202ee\u2028f')).toBe('a\ufffd[31mb\ufffd2Jc\ufffdd\ufffde\ufffdf');
    expect(printable('Grüße, 日本 🚀')).toBe('Grüße, 日本 🚀');
  });

  test('is JSON that a terminal does not obey, and that means the same', () => {
    const value = { a: '\u001b[31m\u009b2J\u202e', b: 'ü' };
    const text = printableJson(value);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });

  test('has colours in a terminal only, and none with NO_COLOR', () => {
    const shown = (isTTY: boolean, env: Readonly<Record<string, string>>) => {
      const stream = written();
      createOutput({ ...stream, isTTY }, env).line('\u001b[2Jfailed', 'red');
      return stream.text();
    };
    expect(shown(true, {})).toBe('\u001b[31m\ufffd[2Jfailed\u001b[39m\n');
    expect([
      shown(true, { NO_COLOR: '1' }),
      shown(true, { TERM: 'dumb' }),
      shown(false, { FORCE_COLOR: '1', CI: '1' }),
    ]).toEqual(Array(3).fill('\ufffd[2Jfailed\n'));
  });

  test('is as wide as the terminal, else 80', () => {
    const stream = written();
    expect(createOutput({ ...stream, columns: 132 }, {}).width).toBe(132);
    expect(createOutput(stream, { COLUMNS: '100' }).width).toBe(100);
    expect(createOutput(stream, {}).width).toBe(80);
  });
});

describe('a table', () => {
  const columns = [{ title: 'NAME' }, { title: 'N', right: true as const }, { title: 'TEXT' }];

  test('has aligned columns', () => {
    expect(
      tableLines(
        columns,
        [
          ['a', '5', 'x'],
          ['long', '12', 'yy'],
        ],
        80,
      ),
    ).toEqual([...['NAME   N  TEXT', 'a      5  x', 'long  12  yy']]);
  });

  test('fits, because its widest columns are cut', () => {
    const lines = tableLines(columns, [['name', '1', 'x'.repeat(50)]], 30);
    expect(Math.max(...lines.map((line) => line.length))).toBe(30);
    expect(lines[1]).toBe(`name  1  ${'x'.repeat(20)}…`);
  });

  test('cuts no names', () => {
    const whole = [{ title: 'NAME', whole: true as const }, { title: 'TEXT' }];
    expect(tableLines(whole, [['n'.repeat(40), 'x'.repeat(40)]], 50)[1]).toBe(`${'n'.repeat(40)}  ${'x'.repeat(7)}…`);
  });

  test('takes no lines or sequences from its cells', () => {
    expect(tableLines([{ title: 'A' }], [['x\ny\u001b[2J']], 80)[1]).toBe('x\ufffdy\ufffd[2J');
  });

  test('cuts characters, not halves of them', () => {
    expect(cutTo('👩‍🚀👩‍🚀👩‍🚀', 2)).toBe('👩‍🚀…');
    expect(cutTo('ab', 2)).toBe('ab');
  });
});

describe('bars', () => {
  test('are in proportion, full only when complete, and visible when there is one', () => {
    const bars = [
      { label: 'downloading', count: 1 },
      { label: 'succeeded', count: 999 },
      { label: 'all', count: 1000 },
      { label: 'failed', count: 0 },
    ];
    const filled = barLines(bars, 1000, 80).map((line) => line.match(/█/g)?.length ?? 0);
    expect(filled).toEqual([1, 39, 40, 0]);
    // A terminal may wrap what fills its last column.
    expect(new Set(barLines(bars, 1000, 50).map((line) => line.length))).toEqual(new Set([49]));
    expect(barsInLine(bars.slice(0, 2), 1000)).toBe('downloading 1  succeeded 999  of 1000');
  });
});

describe('a live view', () => {
  test('replaces its lines in a terminal, and keeps the last ones', () => {
    const stream = written();
    const view = createLiveView(stream, true);
    view.update(['a', 'b'], 'a b');
    view.update(['c'], 'c');
    view.print('note');
    view.end();
    view.print('later');
    const up = '\u001b[1A\u001b[2K';
    expect(stream.text()).toBe(`a\nb\n${up}${up}c\n${up}note\nc\nlater\n`);
  });

  test('prints a line elsewhere, when it has changed', () => {
    const stream = written();
    const view = createLiveView(stream, false);
    for (const line of ['one', 'one', 'two']) view.update(['bars'], line);
    expect(stream.text()).toBe('one\ntwo\n');
  });
});
