import type { Reading } from "../../figure/pointing";
import { effectOf, meanRecovered, recoveredOf, tokensIn, columnKey, valueAt } from "../../record/questions";
import type { Answer, SweepRecord } from "../../record/sweep";
import { number, signed, visible } from "../../record/words";

/** What is known of a question, on one pair or on all. */
export function questionReading(record: SweepRecord, answer: Answer, pair: number | null): Reading {
  const one = record.extent.pairs === 1;
  return {
    title: pair === null || one ? answer.text : `${answer.text}, pair ${pair}`,
    lines: [
      ...(pair === null ? [] : pairLines(record, answer, pair)),
      ...(one ? [] : meanLines(record, answer)),
      ["repeat", "choose it: the command is shown below"],
    ],
  };
}

export function pairLines(record: SweepRecord, answer: Answer, pair: number): [string, string][] {
  const { unit } = record.asked;
  const effect = effectOf(answer, pair);
  const value = valueAt(answer, answer.value, pair);
  const recovered = recoveredOf(record, answer, pair);
  const prompts = record.pairs[pair];
  const key = columnKey(answer);
  return [
    ["effect", effect === null ? "none kept for this pair" : `${signed(effect, 3)} ${unit}`],
    ...(value === null ? [] : ([["value", `${number(value)} ${unit} after the edit`]] as [string, string][])),
    ...(recovered === null ? [] : ([["recovered", number(recovered)]] as [string, string][])),
    ...(prompts === undefined || key === "all"
      ? []
      : ([["token", visible(tokensIn(key, prompts))]] as [string, string][])),
  ];
}

export function meanLines(record: SweepRecord, answer: Answer): [string, string][] {
  const { unit } = record.asked;
  const recovered = meanRecovered(record, answer);
  return [
    ["mean effect", `${signed(answer.mean, 3)} ${unit}`],
    ...(answer.low === undefined || answer.high === undefined
      ? []
      : ([["95 % interval", `${number(answer.low)} to ${number(answer.high)}`]] as [string, string][])),
    ...(answer.p === undefined ? [] : ([["p, corrected", number(answer.p, 4)]] as [string, string][])),
    ...(recovered === null ? [] : ([["recovered", `${number(recovered, 2)}, mean of pairs`]] as [string, string][])),
    ["pairs", record.extent.independent === record.extent.pairs || record.asked.pooled !== undefined
        ? `${answer.pairs} of ${record.extent.independent}`
        : `${answer.pairs} of ${record.extent.independent} independent groups`],
  ];
}
