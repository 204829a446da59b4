import type { Token } from "../../record/explanation";
import { component } from "../../record/component";
import type { Act, Selection } from "../../selection";

/** The text with one token's text replaced; null where tokens and text do not fit together (half letters, a BOS). */
export function replaced(tokens: readonly Token[], text: string, pos: number, by: string): string | null {
  const whole = tokens.map((token) => token.text).join("");
  const from = whole.endsWith(text) ? whole.length - text.length : -1;
  if (from < 0) return null;
  const start = tokens.slice(0, pos).reduce((length, token) => length + token.text.length, 0) - from;
  const old = tokens[pos]?.text;
  if (start < 0 || old === undefined || text.slice(start, start + old.length) !== old) return null;
  return text.slice(0, start) + by + text.slice(start + old.length);
}

/** One way to intervene where the reader points. */
export interface Intervention {
  act: Act;
  name: string;
  /** What it does, in words. */
  words: string;
  /** The run that is edited. */
  base: unknown;
  edits: readonly unknown[];
}

/**
 * What can be done at a place: a head, an MLP or a neuron, all positions; a residual stream, one position. What needs no
 * contrast comes first, so that it stays in its place when a contrast is found.
 *
 * @param prompt the run itself
 * @param contrast the run that it is set against; null where there is none
 * @param neuron of the chosen MLP; null for all of it
 */
export function interventions(
  selection: Selection,
  layers: number,
  prompt: unknown,
  contrast: unknown,
  neuron: number | null,
): Intervention[] {
  const place = placeOf(selection, layers, neuron);
  if (place === null) return [];
  const { site, pos, words } = place;
  const at = pos === null ? { site } : { site, pos: [pos] };
  const found: Intervention[] = [
    { act: "zero", name: "zero", words: `${words} is set to zero`, base: prompt, edits: [{ op: "zero", ...at }] },
    { act: "mean", name: "mean", words: `${words} is set to its mean over the prompt`, base: prompt, edits: [{ op: "mean", ...at }] },
  ];
  if (contrast !== null) {
    found.push({
      act: "from-contrast",
      name: "from the contrast",
      words: `${words} takes its value from the contrast`,
      base: prompt,
      edits: [{ op: "patch", ...at, from: contrast }],
    });
    found.push({
      act: "into-contrast",
      name: "into the contrast",
      words: `${words} of the contrast takes its value from the prompt`,
      base: contrast,
      edits: [{ op: "patch", ...at, from: prompt }],
    });
  }
  return found;
}

/** What was chosen and done where these edits came from, if it was all of a head and needed no contrast; else null. */
export function ofHead(edits: readonly unknown[]): { component: string; act: Act } | null {
  const [edit, ...more] = edits as readonly { op?: string; site?: string; pos?: unknown; over?: unknown }[];
  const site = /^blocks\.(\d+)\.attn\.hook_z\[(\d+)\]$/.exec(edit?.site ?? "");
  const act = edit?.op === "zero" || edit?.op === "mean" ? edit.op : null;
  return site === null || act === null || more.length > 0 || edit?.pos !== undefined || edit?.over !== undefined
    ? null
    : { component: `L${site[1]}H${site[2]}`, act };
}

function placeOf(
  selection: Selection,
  layers: number,
  neuron: number | null,
): { site: string; pos: number | null; words: string } | null {
  if (selection.component !== null) {
    const { layer, head } = component(selection.component);
    if (head !== null) return { site: `blocks.${layer}.attn.hook_z[${head}]`, pos: null, words: selection.component };
    if (neuron !== null) {
      return { site: `blocks.${layer}.mlp.hook_post[${neuron}]`, pos: null, words: `neuron ${neuron} of ${selection.component}` };
    }
    return { site: `blocks.${layer}.hook_mlp_out`, pos: null, words: selection.component };
  }
  if (selection.layer !== null && selection.pos !== null && selection.layer < layers) {
    return {
      site: `blocks.${selection.layer}.hook_resid_pre`,
      pos: selection.pos,
      words: `the residual stream before block ${selection.layer} at position ${selection.pos}`,
    };
  }
  return null;
}
