import { expect, it } from "vitest";
import { bands } from "./bands";

it("puts neighbours of one name together, and only those", () => {
  expect(bands(["a", "a", "b", "a"])).toEqual([
    { name: "a", first: 0, count: 2 },
    { name: "b", first: 2, count: 1 },
    { name: "a", first: 3, count: 1 },
  ]);
  expect(bands([])).toEqual([]);
});
