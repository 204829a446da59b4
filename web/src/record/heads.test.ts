import { expect, it } from "vitest";
import type { HeadKinds } from "./explanation";
import { dense, kindsOf, seenFrom } from "./heads";

const pattern = { head: "L0H1", keys: [[0], [0, 1], [0, 2]], weights: [[1], [0.3, 0.7], [0.2, 0.75]] };

const kinds: HeadKinds = {
  seed: 0,
  sequences: 1,
  length: 10,
  unscored: [],
  kinds: [
    { name: "induction", statistic: "", control: "", threshold: 0.1, floor: 0.2, score: [[0.15, 0.4]] },
    { name: "previous token", statistic: "", control: "", threshold: 0.3, floor: 0.2, score: [[0.25, 0.9]] },
  ],
};

it("is of a kind only above chance and floor, the strongest first", () => {
  expect(kindsOf(kinds, "L0H0")).toEqual([]);
  expect(kindsOf(kinds, "L0H1").map((kind) => kind.name)).toEqual(["previous token", "induction"]);
  expect(kindsOf(kinds, "MLP0")).toEqual([]);
});

it("puts weights where they belong", () => {
  expect(dense(pattern)).toEqual([
    [1, 0, 0],
    [0.3, 0.7, 0],
    [0.2, 0, 0.75],
  ]);
});

it("names what is looked at most, first", () => {
  expect(seenFrom(pattern, 2, 0.1)).toEqual([
    { pos: 2, weight: 0.75 },
    { pos: 0, weight: 0.2 },
  ]);
  expect(seenFrom(pattern, 2, 0.5)).toHaveLength(1);
  expect(seenFrom(pattern, 9, 0)).toEqual([]);
});
