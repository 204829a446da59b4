import { describe, expect, it } from "vitest";
import { found, meaning } from "./stability";

const stability = (cosine: number, random = 0.2) => ({ cosine, twins: 2, mean: 0.6, random });

describe("found", () => {
  it("takes 0.7 for the same direction, and what is nearer to chance than to that for none", () => {
    expect([0.95, 0.7, 0.69, 0.46, 0.44, 0.2].map((cosine) => found(stability(cosine)))).toEqual([
      "found again",
      "found again",
      "found in part",
      "found in part",
      "not found again",
      "not found again",
    ]);
  });
  it("asks for more where random directions have more", () => {
    expect(found(stability(0.5, 0.1))).toBe("found in part");
    expect(found(stability(0.5, 0.5))).toBe("not found again");
  });
});

describe("meaning", () => {
  it("says what the number is of, and what it stands beside", () => {
    const words = meaning({ ...stability(0.8), twins: 1 });
    expect(words).toContain("another training of this dictionary");
    expect(words).toContain("All features have 0.60, random directions 0.20.");
    expect(meaning(stability(0.3))).toContain("2 other trainings");
  });
});
