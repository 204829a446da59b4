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
