import { visible } from "./words";
import type { Answer, Prompts, SweepRecord } from "./sweep";

/** Where a question is asked, in the same words for all pairs: `last`, `B2`, `9`, `3..5`, or `all`. */
export interface Column {
  key: string;
  /** What stands under it in a figure of all pairs: a token that they share, or the name of what stands there. */
  label: string;
  /** Whether it is the same place in all pairs. */
  aligned: boolean;
}

/** Questions about one kind of site, told to one receiver: a figure. */
export interface Group {
  key: string;
  site: string;
  /** `head_q[23.3]`; null where nothing is told to one alone. */
  receiver: string | null;
  /** Whole layers, heads, or what is too many to be drawn by place. */
  kind: "layers" | "heads" | "list";
  columns: readonly Column[];
  /** The lowest layer and the highest; 0 and 0 where a site has none. */
  layers: { first: number; last: number };
  heads: number;
  answers: readonly Answer[];
  /** The answer at a place; of whole layers the head is null. */
  at(layer: number, head: number | null, column: string): Answer | undefined;
}

/** More receivers than this are listed, not drawn one by one. */
const RECEIVERS = 6;

/** Two names for the places of questions. */
export function columnKey(answer: Answer): string {
  if (answer.role !== undefined) return answer.role;
  if (answer.position === undefined) return "all";
  return answer.lastPosition === undefined ? `${answer.position}` : `${answer.position}..${answer.lastPosition}`;
}

export function receiverName(answer: Answer): string | null {
  if (answer.receiver === undefined) return null;
  const parts = [answer.receiverLayer, answer.receiverHead].filter((part) => part !== undefined);
  return answer.receiver + (parts.length === 0 ? "" : `[${parts.join(".")}]`);
}

/** The first and the last position of a column in a pair; null where the pair has none, or all are meant. */
export function placeIn(column: string, pair: Prompts): readonly [number, number] | null {
  const role = pair.roles[column];
  if (role !== undefined) return [role[0]!, role[1]!];
  const length = pair.tokens.length;
  if (column === "last") return [length - 1, length - 1];
  const numbers = /^(\d+)(?:\.\.(\d+))?$/.exec(column);
  if (numbers === null) return null;
  const first = Number(numbers[1]);
  const last = Number(numbers[2] ?? first);
  return last < length ? [first, last] : null;
}

/** The tokens of a column in a pair. */
export function tokensIn(column: string, pair: Prompts): string {
  const place = placeIn(column, pair);
  return place === null ? column : pair.tokens.slice(place[0], place[1] + 1).join("");
}

/** The effect on a pair, or the mean over all; null where there is none, or the page has means alone. */
export function effectOf(answer: Answer, pair: number | null): number | null {
  return pair === null ? answer.mean : valueAt(answer, answer.effect, pair);
}

/** One of the values of a pair. */
export function valueAt(answer: Answer, values: readonly number[] | undefined, pair: number): number | null {
  const place = answer.in === undefined ? pair : answer.in.indexOf(pair);
  return values?.[place] ?? null;
}

/** The share recovered on a pair; null where nothing separates its two runs. */
export function recoveredOf(record: SweepRecord, answer: Answer, pair: number): number | null {
  return record.pairs[pair]?.parts === true ? valueAt(answer, answer.recovered, pair) : null;
}

/** The pairs that have an answer and its effect there. */
export function effectsByPair(record: SweepRecord, answer: Answer): { pair: number; effect: number }[] {
  return record.pairs.flatMap((_, pair) => {
    const effect = effectOf(answer, pair);
    return effect === null ? [] : [{ pair, effect }];
  });
}

/** A mean over pairs in which those of one group count as one, as the means of effects do. */
export function groupedMean(values: readonly { pair: number; value: number }[], pairs: readonly Prompts[]): number | null {
  const groups = new Map<string, number[]>();
  for (const { pair, value } of values) {
    const group = pairs[pair]?.group;
    const key = group === undefined ? `#${pair}` : `=${group}`;
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  if (groups.size === 0) return null;
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return mean([...groups.values()].map(mean));
}

/** The mean share recovered; null where a pair has none, or the page has not all pairs. */
export function meanRecovered(record: SweepRecord, answer: Answer): number | null {
  if (answer.recovered === undefined || record.pairs.length < record.extent.pairs) return null;
  const values = record.pairs.flatMap((_, pair) => {
    const value = recoveredOf(record, answer, pair);
    return value === null ? [] : [{ pair, value }];
  });
  return values.length < answer.recovered.length ? null : groupedMean(values, record.pairs);
}

/** The questions as figures, in the order in which their sites run. */
export function groups(record: SweepRecord): Group[] {
  const receivers = new Set(record.answers.map(receiverName));
  const listed = receivers.size > RECEIVERS;
  const byKey = new Map<string, Answer[]>();
  for (const answer of record.answers) {
    const key = listed || answer.receiver === undefined ? answer.site : `${answer.site} → ${receiverName(answer)}`;
    byKey.set(key, [...(byKey.get(key) ?? []), answer]);
  }
  return [...byKey]
    .map(([key, answers]) => groupOf(record, key, answers, listed))
    .sort((a, b) => ORDER.indexOf(a.site) - ORDER.indexOf(b.site));
}

const ORDER = [
  "embed", "pos_embed", "resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post", "head_q", "head_k", "head_v",
  "head_scores", "head_pattern", "head_z", "head_result", "neuron_pre", "neuron_linear", "neuron_post", "feature",
];

function groupOf(record: SweepRecord, key: string, answers: readonly Answer[], listed: boolean): Group {
  const first = answers[0]!;
  const layers = answers.map((answer) => answer.layer ?? 0);
  const places = new Map<string, Answer>();
  for (const answer of answers) places.set(place(answer.layer ?? 0, answer.head ?? null, columnKey(answer)), answer);
  return {
    key,
    site: first.site,
    receiver: listed ? null : receiverName(first),
    kind: listed || first.neuron !== undefined || first.feature !== undefined ? "list" : first.head === undefined ? "layers" : "heads",
    columns: columns(record, answers),
    layers: { first: Math.min(...layers), last: Math.max(...layers) },
    heads: Math.max(
      /^head_[kv]$/.test(first.site) || first.head === undefined ? 0 : record.model.heads, // keys and values may be fewer
      ...answers.map((answer) => (answer.head ?? -1) + 1),
    ),
    answers,
    at: (layer, head, column) => places.get(place(layer, head, column)),
  };
}

function place(layer: number, head: number | null, column: string): string {
  return `${layer}.${head ?? ""}@${column}`;
}

/** The columns of some questions, in the order in which they stand in a prompt. */
export function columns(record: SweepRecord, answers: readonly Answer[]): Column[] {
  const { pairs } = record;
  const alike = new Set(pairs.map((pair) => pair.tokens.length)).size === 1;
  const keys = [...new Set(answers.map(columnKey))];
  const order = (key: string) => {
    const places = pairs.map((pair) => placeIn(key, pair)?.[0] ?? -1);
    return places.reduce((sum, at) => sum + at, 0) / Math.max(1, places.length);
  };
  return keys
    .map((key) => ({ key, label: label(key, pairs, alike), aligned: alike || !/^\d/.test(key), order: order(key) }))
    .sort((a, b) => a.order - b.order)
    .map(({ key, label, aligned }) => ({ key, label, aligned }));
}

function label(key: string, pairs: readonly Prompts[], alike: boolean): string {
  if (!/^\d+$/.test(key) || !alike) return key;
  const pos = Number(key);
  const texts = new Set(pairs.map((pair) => pair.tokens[pos]));
  if (texts.size === 1) return visible([...texts][0] ?? key);
  const role = Object.keys(pairs[0]?.roles ?? {}).find((name) =>
    pairs.every((pair) => {
      const at = pair.roles[name];
      return at !== undefined && at[0]! <= pos && pos <= at[1]!;
    }),
  );
  return role === undefined ? `${pos}` : `{${role}}`;
}
