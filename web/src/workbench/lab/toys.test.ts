import { describe, expect, it } from "vitest";
import { products, stored, toyProblem } from "./toys";

describe("a toy", () => {
  it("has the products of its directions", () => {
    expect(products([[1, 0], [3, 4], [0, -2]])).toEqual([
      [1, 3, 0],
      [3, 25, -8],
      [0, -8, 4],
    ]);
  });

  it("is trained from whole numbers, and from one step on", () => {
    const typed = { features: "5", dimensions: "2", importance: "0.9", steps: "4000", seed: "0" };
    expect(toyProblem(typed)).toBeNull();
    expect(toyProblem({ ...typed, steps: "0" })).toBe("steps is 0; give 1 to 20,000.");
    expect(toyProblem({ ...typed, seed: "1.5" })).toBe('seed is "1.5"; give a whole number.');
    expect(toyProblem({ ...typed, features: " " })).toBe("features is empty; give a whole number.");
    expect(toyProblem({ ...typed, importance: "0,9" })).toBe('importance is "0,9"; give a number from 0.1 to 1, with a point.');
  });

  it("stores what is longer than 0.9", () => {
    const moment = { step: 0, directions: [], norms: [0.9, 0.91, 1.2, 0], dimensionality: [], bias: [] };
    expect(stored(moment)).toBe(2);
  });
});
