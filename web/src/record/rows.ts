import { columnKey, placeIn, recoveredOf, valueAt } from "./questions";
import type { SweepRecord } from "./sweep";
import { csvLines } from "./tables";

/** An effect on one pair, as `cutaway sweep --json` prints it. */
export interface Row {
  pair: number;
  site: string;
  layer: number | null;
  head: number | null;
  neuron: number | null;
  dictionary: string | null;
  feature: number | null;
  position: number | null;
  last_position: number | null;
  role: string | null;
  receiver: string | null;
  receiver_layer: number | null;
  receiver_head: number | null;
  value: number;
  effect: number;
  recovered: number | null;
}

/** The effects on single pairs that the page carries, by pair, the questions with the largest mean effects first. */
export function rows(record: SweepRecord): Row[] {
  return record.pairs.flatMap((prompts, pair) =>
    record.answers.flatMap((answer) => {
      const effect = valueAt(answer, answer.effect, pair);
      const value = valueAt(answer, answer.value, pair);
      if (effect === null || value === null) return [];
      const place = placeIn(columnKey(answer), prompts);
      const whole = place !== null && place[0] === 0 && place[1] === prompts.tokens.length - 1 && place[1] > 0;
      return [
        {
          pair: prompts.index,
          site: answer.site,
          layer: answer.layer ?? null,
          head: answer.head ?? null,
          neuron: answer.neuron ?? null,
          dictionary: answer.dictionary ?? null,
          feature: answer.feature ?? null,
          position: place === null || whole ? null : place[0],
          last_position: place === null || whole || place[0] === place[1] ? null : place[1],
          role: answer.role ?? null,
          receiver: answer.receiver ?? null,
          receiver_layer: answer.receiverLayer ?? null,
          receiver_head: answer.receiverHead ?? null,
          value,
          effect,
          recovered: recoveredOf(record, answer, pair),
        },
      ];
    }),
  );
}

/** The record as tables, made when they are asked for: what each question was answered, and the rows. */
export function sweepCsv(record: SweepRecord): { name: string; text: () => string }[] {
  return [
    { name: "questions.csv", text: () => questionsCsv(record) },
    ...(record.extent.carriedRows === 0 ? [] : [{ name: "effects.csv", text: () => effectsCsv(rows(record)) }]),
  ];
}

function questionsCsv(record: SweepRecord): string {
  return csvLines([
    ["question", "pairs", "mean_effect", "low", "high", "p_corrected"],
    ...record.answers.map((answer) => [
      answer.text,
      answer.pairs,
      answer.mean,
      answer.low ?? "",
      answer.high ?? "",
      answer.p ?? "",
    ]),
  ]);
}

function effectsCsv(effects: readonly Row[]): string {
  const names = Object.keys(effects[0] ?? {});
  return csvLines([names, ...effects.map((row) => Object.values(row).map((value: string | number | null) => value ?? ""))]);
}
