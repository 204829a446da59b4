import { effectOf, type Group } from "../../record/questions";
import type { Answer } from "../../record/sweep";
import type { SweepFacts } from "../../record/sweepFacts";
import { siteIs } from "../../record/sweepWords";

/** What a figure shows: the mean of all pairs (null), or one; one where columns are not the same place in all pairs. */
export function shownPair(facts: SweepFacts, group: Group, selected: number | null): number | null {
  if (facts.record.extent.pairs === 1) return 0;
  return selected ?? (group.columns.every((column) => column.aligned) ? null : 0);
}

/** Whether an answer is drawn faint: a mean that is not told from chance, where pairs could tell. */
export function isFaint(facts: SweepFacts, answer: Answer | undefined, pair: number | null): boolean {
  return pair === null && facts.tells && answer?.p !== undefined && answer.p > facts.record.extent.level;
}

/** The largest size among some answers; 0 where there are none. */
export function largestOf(answers: Iterable<Answer | undefined>, pair: number | null): number {
  let most = 0;
  for (const answer of answers) {
    if (answer !== undefined) most = Math.max(most, Math.abs(effectOf(answer, pair) ?? 0));
  }
  return most;
}

/** What a figure is of, beside its title. */
export function captionOf(facts: SweepFacts, group: Group, pair: number | null): string {
  const of = ofPairs(facts, group, pair);
  const axes = group.kind === "heads" ? "layers × heads" : "layers × positions";
  const drawn = group.kind === "list" || group.layers.first === group.layers.last ? [] : [axes];
  return [siteIs(group.site), ...drawn, ...(of === "" ? [] : [of])].join(", ");
}

/** Whether some figures show one pair where a mean was chosen: their columns are not the same place in all pairs. */
export function misaligned(facts: SweepFacts): boolean {
  return facts.groups.some((group) => group.kind !== "list" && group.columns.some((column) => !column.aligned));
}

/** What its files are called. */
export function fileOf(group: Group, part = ""): string {
  return (group.key + (part === "" ? "" : `-${part}`)).replace(/[^\w]+/g, "-").replace(/^-|-$/g, "");
}

/** What its numbers are of. */
function ofPairs(facts: SweepFacts, group: Group, pair: number | null): string {
  if (facts.record.extent.pairs === 1) return "";
  if (pair === null) return `mean of ${facts.record.extent.pairs} pairs`;
  return group.columns.every((column) => column.aligned)
    ? `pair ${pair}`
    : `pair ${pair}: positions by number do not align`;
}
