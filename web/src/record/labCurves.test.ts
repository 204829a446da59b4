import { expect, test } from "vitest";
import type { LabRecord } from "./lab";
import { gapWords, labCsv, measureLines } from "./labCurves";

const record = {
  instances: ["seed 0", "seed 1"],
  curve: [
    { step: 1, values: { loss: [2, 0], accuracy: [0.1, 0.3] } },
    { step: 10, values: { loss: [1, 0.5], accuracy: [0.9, 1] } },
  ],
} as unknown as LabRecord;

test("few instances have a line each, without zeros on a logarithmic axis", () => {
  expect(measureLines(record, "loss", true)).toEqual([
    { step: 1, value: 2, line: "seed 0" },
    { step: 10, value: 1, line: "seed 0" },
    { step: 10, value: 0.5, line: "seed 1" },
  ]);
});

test("many instances are their mean, the lowest and the highest", () => {
  const many = {
    instances: ["a", "b", "c", "d", "e", "f", "g"],
    curve: [{ step: 3, values: { loss: [1, 2, 3, 4, 5, 6, 7] } }],
  } as unknown as LabRecord;
  expect(measureLines(many, "loss").map(({ line, value }) => [line, value])).toEqual([
    ["highest", 7],
    ["mean", 4],
    ["lowest", 1],
  ]);
});

test("a gap is from the one step to the other, or at least what was left", () => {
  const measure = { centres: null, spread: null, topTwo: null, deviation: null, tokens: null };
  expect(gapWords(record, { ...measure, learned: 1, heldOut: 10 })).toBe("9");
  expect(gapWords(record, { ...measure, learned: 4, heldOut: null })).toBe("over 6");
  expect(gapWords(record, { ...measure, learned: null, heldOut: null })).toBe("not learned");
});

test("the table has a line for each reading", () => {
  expect(labCsv(record).trim().split("\r\n")).toEqual([
    "step,instance,loss,accuracy",
    "1,seed 0,2,0.1",
    "1,seed 1,0,0.3",
    "10,seed 0,1,0.9",
    "10,seed 1,0.5,1",
  ]);
});
