import type { StudyResult } from "./study";
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

/** The least and the most of some numbers. */
export function span(values: readonly number[]): string {
  const least = measured(Math.min(...values.map(Number)));
  const most = measured(Math.max(...values.map(Number)));
  return least === most ? least : `${least} to ${most}`;
}
