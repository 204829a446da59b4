import { describe, expect, it } from "vitest";
import type { StudyResult } from "./study";
import { measured, span, verdictOf } from "./studyWords";

describe("numbers of a study", () => {
  it("have four digits, and a dash where there is none", () => {
    expect(measured(0.12345)).toBe("0.1235");
    expect(measured(-12.345)).toBe("−12.35");
    expect(measured(0.000012)).toBe("1.20e-5");
    expect(measured("NaN" as unknown as number)).toBe("–");
  });

  it("span their seeds", () => {
    expect(span([0.5, 0.25, 1])).toBe("0.2500 to 1.0000");
    expect(span([0.5])).toBe("0.5000");
  });
});

it("a verdict counts the bars that are met", () => {
  const line = (isMet: boolean) => ({ isMet }) as StudyResult["table"][number];
  const record = { verdict: "PARTLY", seeds: 1, table: [line(true), line(false)] } as unknown as StudyResult;
  expect(verdictOf(record)).toBe("Partly reproduced: 1 of 2 bars are met, on 1 seed.");
});
