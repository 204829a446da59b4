import type { Token } from "../../record/explanation";
import type { Table } from "../../record/tables";

/** Weights below it are left out. */
const LEAST = 0.001;

/**
 * A pattern as a table of its weights.
 *
 * @param weights [qPos, kPos], 65535 for 1
 */
export function patternTable(weights: Uint16Array, tokens: readonly Token[]): Table {
  const text = (pos: number) => tokens[pos]!.text;
  return {
    columns: ["query", "query token", "key", "key token", "weight"],
    rows: cells(weights, tokens.length).map(([query, key, weight]) => [query, text(query), key, text(key), weight]),
  };
}

/**
 * The mean pattern of many sentences, which has positions and no tokens.
 *
 * @param span positions
 */
export function meanTable(weights: Uint16Array, span: number): Table {
  return { columns: ["query position", "key position", "mean weight over sentences"], rows: cells(weights, span) };
}

function cells(weights: Uint16Array, length: number): [query: number, key: number, weight: number][] {
  const cells: [number, number, number][] = [];
  for (let query = 0; query < length; query++)
    for (let key = 0; key <= query; key++) {
      const weight = weights[query * length + key]! / 65535;
      if (weight >= LEAST) cells.push([query, key, Number(weight.toFixed(5))]);
    }
  return cells;
}
