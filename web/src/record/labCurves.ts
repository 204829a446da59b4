import type { LabMeasure, LabPoint, LabRecord } from "./lab";
import { csvLines } from "./tables";
import { count } from "./words";

/** Up to so many instances have a line each; of more, their mean, the lowest and the highest. */
const LINES = 6;

/** The readings of a measure over the steps, as lines; on a logarithmic axis, without what it has no place for. */
export function measureLines(record: LabRecord, name: string, log = false) {
  const lines = record.instances.length <= LINES ? record.instances.map((line, i) => ({ line, of: (all: number[]) => all[i] ?? NaN })) : SPREAD;
  return lines.flatMap(({ line, of }) =>
    record.curve
      .map(({ step, values }) => ({ step, value: of(values[name] ?? []), line }))
      .filter(({ value }) => Number.isFinite(value) && (!log || value > 0)),
  );
}

const SPREAD = [
  { line: "highest", of: (all: number[]) => Math.max(...all) },
  { line: "mean", of: mean },
  { line: "lowest", of: (all: number[]) => Math.min(...all) },
];

export function mean(all: readonly number[]): number {
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

/** Names of what was measured, in order. */
export function measures(points: readonly LabPoint[]): string[] {
  return [...new Set(points.flatMap(({ values }) => Object.keys(values)))];
}

/** The steps from training examples being learned to those held out; where the latter never are, at least those left. */
export function gapWords(record: LabRecord, measure: LabMeasure): string {
  if (measure.learned === null) return "not learned";
  const last = record.curve[record.curve.length - 1]?.step ?? 0;
  return measure.heldOut === null ? `over ${count(last - measure.learned)}` : count(measure.heldOut - measure.learned);
}

/** One line a reading: step, instance, and each measure. */
export function labCsv(record: LabRecord): string {
  const names = measures(record.curve);
  return csvLines([
    ["step", "instance", ...names],
    ...record.curve.flatMap(({ step, values }) =>
      record.instances.map((instance, i) => [step, instance, ...names.map((name) => values[name]?.[i] ?? "")]),
    ),
  ]);
}
