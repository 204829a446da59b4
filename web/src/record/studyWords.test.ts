import { describe, expect, it } from "vitest";
import type { StudyResult } from "./study";
import { drawnAnew, intervalOf, measured, median, verdictOf } from "./studyWords";

describe("numbers of a study", () => {
  it("have four digits, and a dash where there is none", () => {
    expect(measured(0.12345)).toBe("0.1235");
    expect(measured(-12.345)).toBe("−12.35");
    expect(measured(0.000012)).toBe("1.20e-5");
    expect(measured("NaN" as unknown as number)).toBe("–");
  });

  it("have a median over seeds, and an interval around it", () => {
    expect(median([0.5, 0.25, 1])).toBe(0.5);
    expect(median([0.5, 0.25])).toBe(0.375);
    expect(intervalOf({ values: [0.5, 0.25, 1] })).toBe("[0.2500, 1.0000]");
    expect(intervalOf({ values: [0.5] })).toBe("");
  });

  it("have the interval of the record where it holds one", () => {
    const values = [0.5];
    expect(intervalOf({ values, interval: { low: 0.1, high: 0.9, over: "relations" } })).toBe("[0.1000, 0.9000]");
    expect(drawnAnew({ values, interval: { low: 0.1, high: 0.9, over: "relations" } })).toBe("relations");
    expect(intervalOf({ values: [0.5, 0.6], interval: null })).toBe("");
  });
});

it("a verdict counts the bars that are met", () => {
  const line = (isMet: boolean) => ({ isMet }) as StudyResult["table"][number];
  const record = { verdict: "PARTLY", seeds: 1, table: [line(true), line(false)] } as unknown as StudyResult;
  expect(verdictOf(record)).toBe("Partly reproduced: 1 of 2 bars are met, on 1 seed.");
});
