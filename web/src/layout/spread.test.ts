import { describe, expect, it } from "vitest";
import { spread } from "./spread";

const at = (places: number[], gap: number) => spread(places, gap).map((by, i) => places[i]! + by);

describe("labels that want to stand at one place", () => {
  it("are moved apart in their order, around the middle of where they want to be", () => {
    expect(at([100, 100, 100], 10)).toEqual([90, 100, 110]);
    expect(at([102, 100], 10)).toEqual([106, 96]);
  });

  it("stay where they are when they have room", () => {
    expect(spread([0, 20, 45], 15)).toEqual([0, 0, 0]);
    expect(spread([], 15)).toEqual([]);
  });

  it("push each other on", () => {
    const found = at([0, 12, 13, 14, 60], 10).sort((a, b) => a - b);
    for (let i = 1; i < found.length; i++) expect(found[i]! - found[i - 1]!).toBeGreaterThanOrEqual(10 - 1e-9);
    expect(found[4]).toBe(60);
  });
});

describe("places near an edge", () => {
  it("are moved away from it", () => {
    expect(spread([0, 0, 1, 30], 10, 0)).toEqual([0, 10, 19, 0]);
    expect(spread([-4], 10, 0)).toEqual([4]);
  });
});
