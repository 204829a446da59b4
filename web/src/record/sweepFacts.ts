import { groups, type Group } from "./questions";
import type { Answer, SweepRecord } from "./sweep";

/** The record of a sweep, looked at by question. */
export interface SweepFacts {
  record: SweepRecord;
  answers: ReadonlyMap<string, Answer>;
  groups: readonly Group[];
  /** Whether there are pairs enough to tell an effect from chance at the level that is asked for. */
  tells: boolean;
}

export function sweepFacts(record: SweepRecord): SweepFacts {
  return {
    record,
    answers: new Map(record.answers.map((answer) => [answer.text, answer])),
    groups: groups(record),
    tells: record.extent.smallestP <= record.extent.level && record.answers.some((answer) => answer.p !== undefined),
  };
}

/** The command that asks one question alone; null where its site has no short name. */
export function askedAlone(record: SweepRecord, answer: Answer): string | null {
  if (answer.site.includes("hook_")) return null;
  const question = answer.text.replace(/ → .*$/, "");
  const sites = question.includes("@") ? question : `${question}@all`;
  const to = record.asked.method === "path" ? answer.text.replace(/^.* → /, "") : null;
  return `${record.repeat.question} --sites '${sites}'${to === null ? "" : ` --to '${to}'`}`;
}
