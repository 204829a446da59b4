import type { Token } from "../../record/explanation";

/** The tokens of many texts, one behind another; a query and a key of each are points of a map. */
export interface JointRows {
  readonly length: number;
  /** Of each, the text that it stands in, and where. */
  readonly text: Int32Array;
  readonly pos: Int32Array;
  readonly token: readonly string[];
  /** The first row of each text. */
  readonly start: readonly number[];
}

export function rowsOf(texts: readonly (readonly Token[])[]): JointRows {
  const text: number[] = [];
  const pos: number[] = [];
  const token: string[] = [];
  const start: number[] = [];
  texts.forEach((tokens, number) => {
    start.push(token.length);
    for (const one of tokens) {
      text.push(number);
      pos.push(one.pos);
      token.push(one.text);
    }
  });
  return { length: token.length, text: Int32Array.from(text), pos: Int32Array.from(pos), token, start };
}

/**
 * The rows of a word, or of several: all tokens that it is spelled with, in any case, where no letter or digit is before
 * or behind it.
 */
export function rowsOfWord(rows: JointRows, word: string): Set<number> {
  const wanted = word.trim().toLowerCase();
  const found = new Set<number>();
  if (wanted === "") return found;
  const isPart = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
  rows.start.forEach((first, text) => {
    const end = rows.start[text + 1] ?? rows.length;
    const ends: number[] = [];
    let all = "";
    for (let row = first; row < end; row++) {
      all += rows.token[row]!.toLowerCase();
      ends.push(all.length);
    }
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
      const behind = at + wanted.length;
      if ((isPart(wanted[0]) && isPart(all[at - 1])) || (isPart(wanted.at(-1)) && isPart(all[behind]))) continue;
      for (let i = 0; i < ends.length; i++) if (ends[i]! > at && (ends[i - 1] ?? 0) < behind) found.add(first + i);
    }
  });
  return found;
}

/** The commonest tokens, spaces and case aside, and of each row which of them it is, from 0; -1 for another. */
export function commonest(rows: JointRows, most: number): { names: string[]; of: Int32Array } {
  const counts = new Map<string, number>();
  const names = rows.token.map((token) => token.trim().toLowerCase());
  for (const name of names) if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most).map(([name]) => name);
  return { names: kept, of: Int32Array.from(names, (name) => kept.indexOf(name)) };
}

export const INKS = ["type", "position", "norm", "token"] as const;
export type Ink = (typeof INKS)[number];

/** How much of its ink each point has, 0 to 1: all of it, or by position in its text, or by norm, from the least to the most. */
export function shades(ink: Ink, rows: JointRows, norms: Float32Array): Float32Array {
  const points = 2 * rows.length;
  if (ink !== "position" && ink !== "norm") return new Float32Array(points).fill(1);
  const out = new Float32Array(points);
  for (const first of [0, rows.length]) {
    let low = Infinity;
    let high = -Infinity;
    const value = (i: number) => (ink === "norm" ? norms[first + i]! : rows.pos[i]!);
    for (let i = 0; i < rows.length; i++) {
      low = Math.min(low, value(i));
      high = Math.max(high, value(i));
    }
    for (let i = 0; i < rows.length; i++) out[first + i] = high === low ? 1 : (value(i) - low) / (high - low);
  }
  return out;
}

/** Places within a square of `side`, both axes at one scale, y downwards, with a margin of a fiftieth. */
export function placed(places: Float32Array, side: number): Float32Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < places.length; i++) {
    low[i % 2] = Math.min(low[i % 2]!, places[i]!);
    high[i % 2] = Math.max(high[i % 2]!, places[i]!);
  }
  const width = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) || 1;
  const scale = (0.96 * side) / width;
  return places.map((value, i) => side / 2 + (i % 2 === 0 ? 1 : -1) * scale * (value - (low[i % 2]! + high[i % 2]!) / 2));
}

/** The point nearest to a place, no further than `reach`; of those that are marked before the others. */
export function nearest(places: Float32Array, at: { x: number; y: number }, reach: number, isMarked: (point: number) => boolean): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (let i = 0; 2 * i < places.length; i++) {
    const distance = Math.hypot(places[2 * i]! - at.x, places[2 * i + 1]! - at.y);
    if (distance > reach) continue;
    const counted = isMarked(i) ? distance - reach : distance;
    if (counted < least) {
      least = counted;
      best = i;
    }
  }
  return best;
}
