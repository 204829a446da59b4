/** Neighbouring positions, `to` not among them. */
export interface Run {
  from: number;
  to: number;
}

/** The positions at most `around` away from one that is wanted, as runs in order; all of them where none is wanted. */
export function kept(wanted: readonly boolean[], around: number): Run[] {
  const runs: Run[] = [];
  wanted.forEach((is, pos) => {
    if (!is) return;
    const from = Math.max(0, pos - around);
    const to = Math.min(wanted.length, pos + around + 1);
    const last = runs.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else runs.push({ from, to });
  });
  return runs.length === 0 ? [{ from: 0, to: wanted.length }] : runs;
}

/** A stretch is folded when it is at least so long: a fold takes the place of one position. */
const LEAST_FOLDED = 4;

/**
 * The columns of a map: every position where there is room for all; else those that are wanted, each a run of one, with
 * those beside them, and between them the stretches that are folded.
 *
 * @param room how many columns fit
 */
export function mapColumns(wanted: readonly boolean[], room: number): Run[] {
  const every = wanted.map((_, pos) => ({ from: pos, to: pos + 1 }));
  if (wanted.length <= room || !wanted.includes(true)) return every;
  const columns: Run[] = [];
  let end = 0;
  for (const run of [...kept(wanted, 1), { from: wanted.length, to: wanted.length }]) {
    const between = { from: end, to: run.from };
    columns.push(...(run.from - end >= LEAST_FOLDED ? [between] : every.slice(end, run.from)));
    columns.push(...every.slice(run.from, run.to));
    end = run.to;
  }
  return columns;
}
