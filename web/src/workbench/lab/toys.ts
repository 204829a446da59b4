import type { ToyMoment } from "../../record/routes";

/** What is asked of the toys: the fields of their dialog, with the numbers that they take. */
export const FIELDS = [
  { name: "features", words: "Features n, 2–20" },
  { name: "dimensions", words: "Dimensions m, 1–5" },
  { name: "importance", words: "Importance ratio" },
  { name: "steps", words: "Steps, 1–20,000" },
  { name: "seed", words: "Seed" },
] as const;

/** Why toys cannot be trained from what was typed, in a sentence; null where they can, as far as the page knows. */
export function toyProblem(typed: Readonly<Record<string, string>>): string | null {
  for (const { name } of FIELDS) {
    const text = (typed[name] ?? "").trim();
    const isWhole = name !== "importance";
    const value = text === "" ? NaN : Number(text);
    if (!Number.isFinite(value) || (isWhole && !Number.isInteger(value)))
      return `${name} is ${text === "" ? "empty" : `"${text}"`}; give ${isWhole ? "a whole number" : "a number from 0.1 to 1, with a point"}.`;
    if (name === "steps" && value < 1) return `steps is ${text}; give 1 to 20,000.`;
  }
  return null;
}

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
