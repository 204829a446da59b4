import { describe, expect, it } from "vitest";
import { products, stored } from "./toys";

describe("a toy", () => {
  it("has the products of its directions", () => {
    expect(products([[1, 0], [3, 4], [0, -2]])).toEqual([
      [1, 3, 0],
      [3, 25, -8],
      [0, -8, 4],
    ]);
  });

  it("stores what is longer than 0.9", () => {
    const moment = { step: 0, directions: [], norms: [0.9, 0.91, 1.2, 0], dimensionality: [], bias: [] };
    expect(stored(moment)).toBe(2);
  });
});
