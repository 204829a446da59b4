import { describe, expect, it } from "vitest";
import type { MissedShown, MissedToken } from "../../record/routes";
import { height, table, worst } from "./missed";

const token = (explained: number | undefined, read = true): MissedToken => ({
  read,
  norm: 10,
  ...(explained === undefined ? {} : { explained }),
  error: 2,
  features: [7, 3],
  codes: [1.5, 1],
});

describe("what a dictionary misses", () => {
  it("marks the tokens that are explained worst, of those that are read", () => {
    expect(worst([token(undefined, false), token(0.9), token(-0.4), token(0.5), token(0.8), token(0.7), token(0.6)])).toEqual([2, 3]);
    expect(worst(Array.from({ length: 40 }, (_, i) => token(1 - i / 40)))).toEqual([39, 38, 37]);
    expect(worst([token(0.9)])).toEqual([0]);
    expect(worst([token(undefined)])).toEqual([]);
  });

  it("writes a row a token, and leaves out what is not known", () => {
    const shown: MissedShown = {
      model: { name: "m", sha256: "", family: "", parameters: 1, dtype: "f32" } as unknown as MissedShown["model"],
      sites: ["blocks.1.hook_resid_post"],
      tokens: [{ pos: 0, id: 1, text: "The" }],
      missed: [{ ...token(undefined, false), features: [], codes: [] }],
    };
    expect(table(shown).rows).toEqual([[0, "The", 10, "", "", "", "", "", ""]]);
  });

  it("keeps a bar within its strip", () => {
    expect(height(1.7)).toBe(1);
    expect(height(-0.1)).toBe(0);
    expect(height(3, 12)).toBe(0.25);
    expect(height(3, 0)).toBe(0);
  });
});
