import { medianInterval } from "./medianInterval";
import type { BarInterval, StudyResult } from "./study";
import { number } from "./words";

const VERDICTS: Record<string, string> = {
  REPRODUCED: "Reproduced",
  PARTLY: "Partly reproduced",
  NOT_REPRODUCED: "Not reproduced at this scale",
  INSTRUMENT_FAILED: "The instrument failed: nothing here counts",
};

export function seedsOf(record: StudyResult): string {
  return record.seeds === 1 ? "1 seed" : `${record.seeds} seeds`;
}

/** The verdict, with how many bars are met. */
export function verdictOf(record: StudyResult): string {
  const met = record.table.filter((line) => line.isMet).length;
  return `${VERDICTS[record.verdict] ?? record.verdict}: ${met} of ${record.table.length} bars are met, on ${seedsOf(record)}.`;
}

/** A measured number, four digits; what is none (NaN, which JSON has as a word) is a dash. */
export function measured(value: number): string {
  const it = Number(value);
  if (Number.isNaN(it)) return "–";
  const size = Math.abs(it);
  if (size >= 1e6 || (size !== 0 && size < 1e-3)) return it.toExponential(2);
  return number(it, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 4);
}

/** The median of some numbers, one at least. */
export function median(values: readonly number[]): number {
  const sorted = values.map(Number).sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/** By seed, and the interval of their median; a record that was kept before it held intervals has none. */
interface BySeed {
  values: readonly number[];
  interval?: BarInterval | null;
}

/** Where the median may lie, in words; empty where there is no telling. */
export function intervalOf({ values, interval }: BySeed): string {
  const ends = interval === undefined ? medianInterval(values) : interval;
  return ends === null ? "" : `[${measured(ends.low)}, ${measured(ends.high)}]`;
}

/** What was drawn anew for an interval. */
export function drawnAnew({ interval }: BySeed): string {
  return interval?.over ?? "seeds";
}
