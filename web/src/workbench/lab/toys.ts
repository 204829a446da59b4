import type { ToyMoment } from "../../record/routes";

/** From this length on a feature counts as stored. */
const STORED = 0.9;

/** Dot products of directions, `[feature][feature]`. */
export function products(directions: readonly (readonly number[])[]): number[][] {
  return directions.map((one) => directions.map((other) => one.reduce((sum, value, i) => sum + value * other[i]!, 0)));
}

/** How many features a toy stores. */
export function stored(moment: ToyMoment): number {
  return moment.norms.filter((norm) => norm > STORED).length;
}
