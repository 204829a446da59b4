/** Numbers as the server packs them into base64. */

/** One byte each: 255 is 1. */
export function ofBytes(text: string): Uint8Array {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/** Two bytes each, little endian: 65535 is 1. */
export function ofShorts(text: string): Uint16Array {
  const raw = ofBytes(text);
  const view = new DataView(raw.buffer);
  const out = new Uint16Array(raw.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = view.getUint16(2 * i, true);
  return out;
}

/** Four bytes each, little endian. */
export function ofFloats(text: string): Float32Array {
  const raw = ofBytes(text);
  const view = new DataView(raw.buffer);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** The keys that a query looks at most, the largest weight first. */
export function strongest(weights: Uint16Array, length: number, query: number, most: number): { pos: number; weight: number }[] {
  return Array.from({ length: query + 1 }, (_, pos) => ({ pos, weight: weights[query * length + pos]! / 65535 }))
    .sort((a, b) => b.weight - a.weight || a.pos - b.pos)
    .slice(0, most);
}
