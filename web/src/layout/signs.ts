/** A stretch of equal values, from a place up to, not with, another. */
export interface Stretch<T> {
  value: T;
  from: number;
  to: number;
}

/** The stretches of equal values, in order. */
export function runsOf<T>(values: readonly T[]): Stretch<T>[] {
  const all: Stretch<T>[] = [];
  values.forEach((value, at) => {
    const last = all.at(-1);
    if (last !== undefined && last.value === value) last.to = at + 1;
    else all.push({ value, from: at, to: at + 1 });
  });
  return all;
}
