/** What the reader points at: the same in every figure, and kept in the URL's fragment. */
export interface Selection {
  /** A head or an MLP, as the record names it: `L8H3`, `MLP8`. */
  component: string | null;
  /** A layer of the residual stream; the row after the last block counts as a layer. */
  layer: number | null;
  /** A position in the prompt, from 0. */
  pos: number | null;
  /** A question of a sweep, by its text: `resid_pre[5]@last`. */
  question: string | null;
  /** The pair of a sweep that is shown; null for all of them together. */
  pair: number | null;
  /** What is done where the reader points; null where nothing is. */
  act: Act | null;
  /** A neuron of the chosen MLP; null for all of it. */
  neuron: number | null;
  /** What is read off the run where something is done; null for what the page asks first. */
  metric: MetricName | null;
  /** What a probe is to read otherwise; null for nothing. */
  paint: Paint | null;
}

/** One thing that a probe is to read otherwise: its class is to be `to`. */
export interface Paint {
  probe: string;
  /** Empty where the probe reads one thing only. */
  thing: string;
  to: string;
}

/** The ways to intervene. */
export const ACTS = ["zero", "mean", "from-contrast", "into-contrast"] as const;
export type Act = (typeof ACTS)[number];

/** What can be read off a run: the answer's log probability, its margin over a rival, the text's loss. */
export const METRICS = ["log-p", "margin", "loss"] as const;
export type MetricName = (typeof METRICS)[number];

export const NOTHING: Selection = { component: null, layer: null, pos: null, question: null, pair: null, act: null, neuron: null, metric: null, paint: null };

/** `#component=L8H3&pos=9&act=zero&metric=margin`, `#question=head_z[8.3]&pair=2`; empty for nothing. */
export function toFragment(selection: Selection): string {
  const parts: string[] = [];
  if (selection.component !== null) parts.push(`component=${selection.component}`);
  if (selection.layer !== null) parts.push(`layer=${selection.layer}`);
  if (selection.pos !== null) parts.push(`pos=${selection.pos}`);
  if (selection.question !== null) parts.push(`question=${readable(selection.question)}`);
  if (selection.pair !== null) parts.push(`pair=${selection.pair}`);
  if (selection.neuron !== null) parts.push(`neuron=${selection.neuron}`);
  if (selection.act !== null) parts.push(`act=${selection.act}`);
  if (selection.act !== null && selection.metric !== null) parts.push(`metric=${selection.metric}`);
  if (selection.paint !== null) parts.push(`paint=${readable(written(selection.paint))}`);
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}

/** Encoded as little as a fragment allows, so that a reader can make it out. */
function readable(text: string): string {
  return encodeURIComponent(text).replace(/%5B/g, "[").replace(/%5D/g, "]").replace(/%40/g, "@").replace(/%2C/g, ",");
}

/** `board,e3,empty`. */
function written({ probe, thing, to }: Paint): string {
  return [probe, thing, to].map((part) => part.replace(/[%,]/g, encodeURIComponent)).join(",");
}

/** Reads what [written] wrote; null for anything else. */
function paintOf(text: string | null): Paint | null {
  const [probe, thing, to, ...more] = text?.split(",") ?? [];
  if (probe === undefined || probe === "" || thing === undefined || to === undefined || to === "" || more.length > 0) return null;
  try {
    return { probe: decodeURIComponent(probe), thing: decodeURIComponent(thing), to: decodeURIComponent(to) };
  } catch {
    return null;
  }
}

/** What a page has to choose from. */
export interface Limits {
  components: ReadonlySet<string>;
  layers: number;
  positions: number;
  questions?: ReadonlySet<string>;
  pairs?: number;
}

/** Reads what [toFragment] wrote; what it does not understand, or what this report has not, is nothing. */
export function fromFragment(fragment: string, limits: Limits): Selection {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const component = fields.get("component");
  const question = fields.get("question");
  return {
    component: component !== null && limits.components.has(component) ? component : null,
    layer: wholeBelow(fields.get("layer"), limits.layers + 1),
    pos: wholeBelow(fields.get("pos"), limits.positions),
    question: question !== null && limits.questions?.has(question) === true ? question : null,
    pair: wholeBelow(fields.get("pair"), limits.pairs ?? 0),
    act: ACTS.find((act) => act === fields.get("act")) ?? null,
    neuron: wholeBelow(fields.get("neuron"), 1_000_000), // the server says how many there are
    metric: METRICS.find((metric) => metric === fields.get("metric")) ?? null,
    paint: paintOf(fields.get("paint")),
  };
}

/** What a fragment names that this page has not, in one sentence; empty where all of it is there. */
export function notThere(fragment: string, limits: Limits): string {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const read = fromFragment(fragment, limits);
  const names = [
    ["component", "component", read.component],
    ["layer", "layer", read.layer],
    ["pos", "position", read.pos],
    ["question", "question", read.question],
    ["pair", "pair", read.pair],
    ["act", "intervention", read.act],
  ] as const;
  const missing = names.flatMap(([field, words, found]) => {
    const named = fields.get(field);
    return named === null || named === "" || found !== null ? [] : [`${words} ${named}`];
  });
  return missing.length === 0 ? "" : `The link names ${missing.join(" and ")}, which is not there; what is can be chosen below.`;
}

function wholeBelow(text: string | null, end: number): number | null {
  return text !== null && /^\d{1,6}$/.test(text) && Number(text) < end ? Number(text) : null;
}

/** Nothing chosen; the pair that is shown stays. */
export function released(selection: Selection): Selection {
  return { ...NOTHING, pair: selection.pair };
}

/** Choosing what is chosen already lets go of it. */
export function toggled(selection: Selection, chosen: Partial<Selection>): Selection {
  const next = { ...released(selection), ...chosen };
  return toFragment(next) === toFragment(selection) ? released(selection) : next;
}
