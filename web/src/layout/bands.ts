/** Neighbours of one name. */
export interface Band {
  name: string;
  /** The first, from 0. */
  first: number;
  count: number;
}

/** Runs of one name, in order. */
export function bands(names: readonly string[]): Band[] {
  const all: Band[] = [];
  names.forEach((name, i) => {
    const last = all[all.length - 1];
    if (last?.name === name) last.count++;
    else all.push({ name, first: i, count: 1 });
  });
  return all;
}
