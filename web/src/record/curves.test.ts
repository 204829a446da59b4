import { expect, test } from "vitest";
import { curveCsv, curves } from "./curves";

const points = [
  { step: 1, losses: { reconstruction: 4, auxiliary: 0 }, l0: 32, explained: 0.1, dead: 0 },
  { step: 100, losses: { reconstruction: 1, auxiliary: 0.5 }, l0: 31, explained: 0.8, dead: 0.25 },
];

test("a part of the loss is a line, without the zeros that a logarithmic axis has no place for", () => {
  expect(curves(points).losses).toEqual([
    { step: 1, value: 4, line: "reconstruction" },
    { step: 100, value: 1, line: "reconstruction" },
    { step: 100, value: 0.5, line: "auxiliary" },
  ]);
});

test("the table has a column for each part", () => {
  expect(curveCsv(points).trim().split("\r\n")).toEqual([
    "step,reconstruction,auxiliary,l0,explained,dead",
    "1,4,0,32,0.1,0",
    "100,1,0.5,31,0.8,0.25",
  ]);
});
