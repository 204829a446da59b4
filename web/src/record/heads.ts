import { component } from "./component";
import type { AttentionPattern, HeadKinds, Kind } from "./explanation";

/** What a score must pass for a head to be of a kind. */
export function bar(kind: Kind): number {
  return Math.max(kind.threshold, kind.floor);
}

/** The kinds that a head is of, the strongest first; none for an MLP, or where kinds are not known yet. */
export function kindsOf(kinds: HeadKinds | undefined, name: string): Kind[] {
  const { layer, head } = component(name);
  if (head === null || kinds === undefined) return [];
  const score = (kind: Kind) => kind.score[layer]![head]!;
  return kinds.kinds
    .filter((kind) => score(kind) > kind.threshold && score(kind) >= kind.floor)
    .sort((a, b) => score(b) / bar(b) - score(a) / bar(a));
}

/** A pattern with its unlisted weights as zeros, `[qPos, kPos]`. */
export function dense(pattern: AttentionPattern): number[][] {
  const length = pattern.keys.length;
  return pattern.keys.map((keys, query) => {
    const row = new Array<number>(length).fill(0);
    keys.forEach((key, i) => (row[key] = pattern.weights[query]![i]!));
    return row;
  });
}

/** What a head looks at from a position with at least so much weight, the most first. */
export function seenFrom(
  pattern: AttentionPattern,
  query: number,
  least: number,
): { pos: number; weight: number }[] {
  return (pattern.keys[query] ?? [])
    .map((pos, i) => ({ pos, weight: pattern.weights[query]![i]! }))
    .filter(({ weight }) => weight >= least)
    .sort((a, b) => b.weight - a.weight);
}
