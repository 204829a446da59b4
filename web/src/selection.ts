/** What the reader points at: the same in every figure, and kept in the URL's fragment. */
export interface Selection {
  /** A head or an MLP, as the record names it: `L8H3`, `MLP8`. */
  component: string | null;
  /** A layer of the residual stream; the row after the last block counts as a layer. */
  layer: number | null;
  /** A position in the prompt, from 0. */
  pos: number | null;
}

export const NOTHING: Selection = { component: null, layer: null, pos: null };

/** `#component=L8H3&pos=9`; empty for nothing. */
export function toFragment(selection: Selection): string {
  const parts: string[] = [];
  if (selection.component !== null) parts.push(`component=${selection.component}`);
  if (selection.layer !== null) parts.push(`layer=${selection.layer}`);
  if (selection.pos !== null) parts.push(`pos=${selection.pos}`);
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}

/** Reads what [toFragment] wrote; what it does not understand, or what this report has not, is nothing. */
export function fromFragment(
  fragment: string,
  limits: { components: ReadonlySet<string>; layers: number; positions: number },
): Selection {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const component = fields.get("component");
  return {
    component: component !== null && limits.components.has(component) ? component : null,
    layer: wholeBelow(fields.get("layer"), limits.layers + 1),
    pos: wholeBelow(fields.get("pos"), limits.positions),
  };
}

function wholeBelow(text: string | null, end: number): number | null {
  return text !== null && /^\d{1,6}$/.test(text) && Number(text) < end ? Number(text) : null;
}

/** Choosing what is chosen already lets go of it. */
export function toggled(selection: Selection, chosen: Partial<Selection>): Selection {
  const next = { ...NOTHING, ...chosen };
  return toFragment(next) === toFragment(selection) ? NOTHING : next;
}
