import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from './codec';
import { DataDirectoryError } from './data-directory-error';

/** A change of one value: its collection, its id and, unless it has gone, its place in the order of creation and itself. */
export type Change = readonly [collection: string, id: string, order?: number, value?: unknown];

/** An append-only journal. One line is what changed together: it is read as a whole or not at all. */
export interface Journal {
  /** Bytes of the present segment. */
  readonly size: number;
  append(changes: readonly Change[]): void;
  /** Begins a new segment. The older ones are still read until they are dropped. */
  rotate(): void;
  /** Removes all segments but the present one: everything is in that by now. */
  dropOlder(): void;
  close(): void;
}

const NAME = /^journal-(\d{6})\.jsonl$/;
const NEWLINE = 0x0a;

const fileOf = (directory: string, segment: number) =>
  join(directory, `journal-${String(segment).padStart(6, '0')}.jsonl`);

/** The numbers of the segments of a directory, ascending. */
export const segmentsOf = (directory: string): readonly number[] =>
  readdirSync(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

const parse = (file: string, line: number, text: string): readonly Change[] => {
  try {
    return decode(text) as readonly Change[];
  } catch (error) {
    throw new DataDirectoryError(
      `${file}, line ${line} cannot be read (${String(error)}). Restore the directory from a copy, or empty it with --reset.`,
    );
  }
};

/** Reads one segment; a last line without its end was being written when the process was killed, and is not read. */
const readSegment = (file: string, apply: (change: Change) => void): number => {
  const bytes = readFileSync(file);
  let start = 0;
  let line = 1;
  for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    for (const change of parse(file, line, bytes.toString('utf8', start, end))) apply(change);
    start = end + 1;
    line += 1;
  }
  return start;
};

/**
 * Opens the journal of a directory.
 * @param apply called with every change that was saved, in order
 * @throws DataDirectoryError for a line that cannot be read
 */
export const openJournal = (directory: string, apply: (change: Change) => void): Journal => {
  const segments = [...segmentsOf(directory)];
  let size = 0;
  for (const segment of segments) size = readSegment(fileOf(directory, segment), apply);
  const open = (): number => {
    if (segments.length === 0) segments.push(1);
    return openSync(fileOf(directory, segments.at(-1) ?? 1), 'a');
  };
  let file = open();
  ftruncateSync(file, size);
  return {
    get size() {
      return size;
    },
    append: (changes) => {
      const bytes = Buffer.from(`${encode(changes)}\n`);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      size += bytes.length;
    },
    rotate: () => {
      closeSync(file);
      segments.push((segments.at(-1) ?? 0) + 1);
      file = open();
      size = 0;
    },
    dropOlder: () => {
      for (const segment of segments.splice(0, segments.length - 1)) unlinkSync(fileOf(directory, segment));
    },
    close: () => closeSync(file),
  };
};
