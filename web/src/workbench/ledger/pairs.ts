/** A held-out prompt beside its contrast, as a reader types it. */
export interface Pair {
  prompt: string;
  contrast: string;
  answer: string;
  against: string;
}

export const FIELDS = ["prompt", "contrast", "answer", "against"] as const satisfies readonly (keyof Pair)[];

export const EMPTY: Pair = { prompt: "", contrast: "", answer: "", against: "" };

/** Two that show the form, for who has not seen it. */
export const EXAMPLE: readonly Pair[] = [
  {
    prompt: "When Tom and Anna went to the shop, Tom gave a book to",
    contrast: "When Tom and Anna went to the shop, Anna gave a book to",
    answer: " Anna",
    against: " Tom",
  },
  {
    prompt: "When Kate and Mark went to the park, Kate gave a ball to",
    contrast: "When Kate and Mark went to the park, Mark gave a ball to",
    answer: " Mark",
    against: " Kate",
  },
];

/** As a pairs file has them: a JSON object a line, without the fields that are empty. */
export function linesOf(pairs: readonly Pair[]): string {
  return pairs
    .filter((pair) => FIELDS.some((field) => pair[field] !== ""))
    .map((pair) => JSON.stringify(Object.fromEntries(FIELDS.filter((field) => pair[field] !== "").map((field) => [field, pair[field]]))))
    .join("\n");
}

/** @returns null where a line is another thing than such an object: a template, or a field that rows do not have */
export function pairsOf(lines: string): Pair[] | null {
  const pairs: Pair[] = [];
  for (const line of lines.split("\n").filter((line) => line.trim() !== "")) {
    let read: unknown;
    try {
      read = JSON.parse(line);
    } catch {
      return null;
    }
    if (typeof read !== "object" || read === null || Array.isArray(read)) return null;
    const fields = Object.entries(read);
    if (fields.some(([name, value]) => !FIELDS.some((field) => field === name) || typeof value !== "string")) return null;
    pairs.push({ ...EMPTY, ...(read as Partial<Pair>) });
  }
  return pairs;
}
