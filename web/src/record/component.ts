/** A head or an MLP, taken apart from its name. `head` is null for an MLP. */
export interface Component {
  name: string;
  layer: number;
  head: number | null;
}

/** Reads `L8H3` or `MLP8`. */
export function component(name: string): Component {
  const head = /^L(\d+)H(\d+)$/.exec(name);
  if (head) return { name, layer: Number(head[1]), head: Number(head[2]) };
  const mlp = /^MLP(\d+)$/.exec(name);
  if (mlp) return { name, layer: Number(mlp[1]), head: null };
  throw new Error(`${name} names no component; expected L8H3 or MLP8`);
}

export function headName(layer: number, head: number): string {
  return `L${layer}H${head}`;
}

export function mlpName(layer: number): string {
  return `MLP${layer}`;
}

/** The names of all heads and MLPs of a model. */
export function componentNames(layers: number, heads: number): Set<string> {
  const names = new Set<string>();
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) names.add(headName(layer, head));
    names.add(mlpName(layer));
  }
  return names;
}
