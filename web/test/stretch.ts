import type { Explanation, Token } from "../src/record/explanation";

/**
 * A record as a prompt of `length` tokens would give: the real positions come last, and what stands before them is a
 * copy of the prompt in which nothing was found.
 */
export function stretched(record: Explanation, length: number): Explanation {
  const real = record.prompt.tokens.length;
  const shift = length - real;
  const tokens = (own: readonly Token[]): Token[] =>
    Array.from({ length }, (_, pos) => ({ ...own[(pos + real - (shift % real)) % real]!, pos }));
  const row = (values: readonly number[], before: number) => [...Array<number>(shift).fill(before), ...values];
  return {
    ...record,
    prompt: { ...record.prompt, tokens: tokens(record.prompt.tokens) },
    contrast: {
      ...record.contrast,
      tokens: tokens(record.contrast.tokens),
      firstDifference: record.contrast.firstDifference + shift,
    },
    lens: {
      ...record.lens,
      rank: record.lens.rank.map((values) => row(values, 40_000)),
      probability: record.lens.probability.map((values) => row(values, 0)),
    },
    patching: {
      ...record.patching,
      recovered: record.patching.recovered.map((values) => row(values, 0)),
      placebo: record.patching.placebo.map((values) => row(values, 0)),
    },
    circuit: {
      ...record.circuit,
      edits: [], // as in the page
      members: record.circuit.members.map((member) => ({
        ...member,
        reads: member.reads < 0 ? member.reads : member.reads + shift,
        places: member.places.map((place) => ({ ...place, pos: place.pos + shift })),
      })),
    },
    patterns: {
      ...record.patterns,
      heads: record.patterns.heads.map((pattern) => ({
        ...pattern,
        keys: Array.from({ length }, (_, q) =>
          q < shift ? everySixth(q) : pattern.keys[q - shift]!.map((key) => key + shift),
        ),
        weights: Array.from({ length }, (_, q) =>
          q < shift ? everySixth(q).map(() => 6 / (q + 6)) : pattern.weights[q - shift]!,
        ),
      })),
    },
  };
}

/** Keys that a query sees, as many as a real long prompt has above the floor. */
function everySixth(query: number): number[] {
  return Array.from({ length: Math.floor(query / 6) + 1 }, (_, i) => 6 * i);
}
