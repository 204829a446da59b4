import { describe, expect, it } from "vitest";
import { levelOf, pyramid } from "./pyramid";

describe("a pattern from far away", () => {
  it("keeps the largest weight of each part, also at the ends of an odd side", () => {
    const weights = new Uint16Array([1, 2, 0, 0, 9, 3, 4, 0, 0, 0, 5, 0, 6, 0, 0, 0, 7, 0, 8, 0, 11, 0, 0, 0, 10]);
    const levels = pyramid(weights, 5);
    expect(levels.map((level) => level.side)).toEqual([5, 2, 1]);
    expect([...levels[1]!.weights]).toEqual([4, 9, 11, 10]);
    expect([...levels[2]!.weights]).toEqual([11]);
  });

  it("is read where a pixel covers one or two cells", () => {
    expect(levelOf(0.3, 11)).toBe(0);
    expect(levelOf(1.9, 11)).toBe(0);
    expect(levelOf(2.08, 11)).toBe(1);
    expect(levelOf(5, 11)).toBe(2);
    expect(levelOf(5, 2)).toBe(1);
  });
});
