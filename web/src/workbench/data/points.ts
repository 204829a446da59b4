import type { ColumnValues } from "../../record/routes";

/** How a row's prediction stands to its label; without a label, the prediction alone. */
export type Agreement = "right, 1" | "right, 0" | "wrong, 1" | "wrong, 0" | "predicted 1" | "predicted 0";

/** A datapoint in the chart; numbers stay numbers, texts are bands. */
export interface Point {
  row: number;
  x: number | string;
  y: number | string;
  score: number;
  agreement: Agreement;
}

/** The column that is no column: the scores. */
export const SCORE = "score";

/** The scores of a second model. */
export const SECOND = "second score";

/** @param label 1, 0, yes, no, true or false; anything else is unknown */
export function agreementOf(score: number, threshold: number, label: string | undefined): Agreement {
  const predicted = score >= threshold ? 1 : 0;
  const text = (label ?? "").toLowerCase();
  const truth = ["1", "1.0", "yes", "true"].includes(text) ? 1 : ["0", "0.0", "no", "false"].includes(text) ? 0 : null;
  if (truth === null) return `predicted ${predicted}`;
  return `${truth === predicted ? "right" : "wrong"}, ${predicted}`;
}

/** The points of two columns, standing as the first model predicts them; rows without a value in one of them are left out. */
export function pointsOf(
  values: readonly ColumnValues[],
  [scores, second]: readonly (readonly number[])[],
  thresholds: readonly number[],
  [x, y, label]: readonly [string, string, string],
): Point[] {
  const at = (name: string, row: number): number | string | null => {
    if (name === SCORE) return scores![row]!;
    if (name === SECOND) return second?.[row] ?? null;
    const column = values.find((one) => one.column === name);
    const text = column?.texts[row] ?? "";
    if (text === "") return null;
    return column!.numeric ? Number(text) : text;
  };
  const labels = values.find((one) => one.column === label)?.texts;
  return scores!.flatMap((score, row) => {
    const [one, other] = [at(x, row), at(y, row)];
    if (one === null || other === null) return [];
    return [{ row, x: one, y: other, score, agreement: agreementOf(score, thresholds[row] ?? 0.5, labels?.[row]) }];
  });
}

/** The points as they are saved: each column once, and none of two by one name. */
export function pointsTable(points: readonly Point[], x: string, y: string): { columns: string[]; rows: (string | number)[][] } {
  const columns: [string, (point: Point) => string | number][] = [["row", (point) => point.row]];
  const add = (name: string, value: (point: Point) => string | number) => {
    const isTaken = columns.some(([one]) => one === name);
    columns.push([isTaken ? `${name} (column)` : name, value]);
  };
  add(x, (point) => point.x);
  if (y !== x) add(y, (point) => point.y);
  if (x !== SCORE && y !== SCORE) add(SCORE, (point) => point.score);
  add(x === "stands" || y === "stands" ? "prediction stands" : "stands", (point) => point.agreement);
  return { columns: columns.map(([name]) => name), rows: points.map((point) => columns.map(([, value]) => value(point))) };
}

/** How many letters fit beside each other under so many bands of a chart. */
export function lettersOf(width: number, bands: number): number {
  return Math.max(4, Math.floor((width - 60) / Math.max(1, bands) / 7));
}

/** A number that depends on the row alone, from -1 to 1: texts are spread within their band by it. */
export function spread(row: number): number {
  return (((row * 2654435761) >>> 0) / 2 ** 32) * 2 - 1;
}

/** Whether two models predict a row otherwise, each at its own threshold. */
export function apart(row: number, scores: readonly (readonly number[])[], thresholds: readonly (readonly number[])[]): boolean {
  const [one, other] = scores.map((of, model) => of[row]! >= (thresholds[model]?.[row] ?? 0.5));
  return one !== other;
}
