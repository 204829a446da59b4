import { component } from "./component";
import type { Effect, Explanation, Member } from "./explanation";
import type { Draft } from "./routes";
import { csvLines, gridTable, tableCsv } from "./tables";

/** The record looked at by component: whole, or as far as it is known. */
export interface Facts {
  record: Draft | Explanation;
  effects: ReadonlyMap<string, Effect>;
  /** Null until the circuit is known. */
  members: ReadonlyMap<string, Member> | null;
  /** What gradients told to first order, and no measurement yet. */
  estimated: ReadonlySet<string>;
  /** Which positions hold different tokens in the contrast. */
  differs: readonly boolean[];
}

/** Whether nothing is still to come. */
export function isWhole(record: Draft | Explanation): record is Explanation {
  return "repeat" in record;
}

export function facts(record: Draft | Explanation): Facts {
  return {
    record,
    effects: new Map(record.attribution?.components.map((effect) => [effect.component, effect])),
    members: record.circuit === undefined ? null : new Map(record.circuit.members.map((member) => [member.component, member])),
    estimated: new Set(isWhole(record) ? [] : record.estimated),
    differs: record.prompt.tokens.map((token, pos) => token.id !== record.contrast.tokens[pos]?.id),
  };
}

/** What stands behind the name of a number that a part of the record holds. */
export function estimate(facts: Facts, part: string): string {
  return facts.estimated.has(part) ? ", estimated" : "";
}

/** The largest size of some numbers. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** The edit of one cell of the patching map: the record's own, at another place. */
export function patchingEdit(record: Explanation, layer: number, pos: number): unknown {
  return { ...(record.repeat.patching as object), site: residual(record, layer), pos: [pos] };
}

/** The edit that takes a component's value from the contrast: the record's own, at another place. */
export function ablationEdit(record: Explanation, component: { layer: number; head: number | null }): unknown {
  const site =
    component.head === null
      ? `blocks.${component.layer}.hook_mlp_out`
      : `blocks.${component.layer}.attn.hook_z[${component.head}]`;
  return { ...(record.repeat.ablation as object), site };
}

/** The record as `explain.json` holds it: with the circuit's edits, which the page does without. */
export function whole(record: Explanation): Explanation {
  const members = new Set(record.circuit.members.map((member) => member.component));
  const edits = record.attribution.components
    .filter((effect) => !members.has(effect.component))
    .map((effect) => ablationEdit(record, component(effect.component)));
  return { ...record, circuit: { ...record.circuit, edits } };
}

function residual(record: Explanation, layer: number): string {
  return layer < record.model.layers
    ? `blocks.${layer}.hook_resid_pre`
    : `blocks.${layer - 1}.hook_resid_post`;
}

/** Tables of the record, for spreadsheets (RFC 4180). */
export function csv(record: Explanation): { name: string; text: string }[] {
  const tokens = record.prompt.tokens;
  return [
    {
      name: "components.csv",
      text: csvLines([
        ["component", "direct_nats", "removed_nats", "control_nats", "restored", "write_norm", "in_circuit", "needed"],
        ...record.attribution.components.map((effect) => {
          const member = record.circuit.members.find((one) => one.component === effect.component);
          return [
            effect.component,
            effect.direct,
            effect.ablation,
            effect.placebo,
            effect.restoring,
            effect.writeNorm,
            member === undefined ? 0 : 1,
            member?.needed ?? "",
          ];
        }),
      ]),
    },
    {
      name: "lens.csv",
      text: tableCsv(gridTable({ probability: record.lens.probability, rank: record.lens.rank }, tokens)),
    },
    {
      name: "patching.csv",
      text: tableCsv(gridTable({ recovered: record.patching.recovered, control: record.patching.placebo }, tokens)),
    },
  ];
}
