import { describe, expect, it } from "vitest";
import { cellProblem, changesOf, changesText, costOf, rowOf } from "./typed";

const numeric = { income: true, region: false };

describe("what was typed", () => {
  it("is a cost, or a sentence that names it", () => {
    expect([undefined, "", "2.5", "0", "1e6"].map((text) => costOf(text).value)).toEqual([1, 1, 2.5, 0, 1e6]);
    for (const text of ["-3", "abc", "1e9", "2,5", "NaN", " "]) {
      expect(costOf(text).value).toBeNull();
      expect(costOf(text).problem).toContain(`costs "${text}"; give a number from 0 to 1,000,000`);
    }
  });

  it("is a row of the table, or a sentence with those that there are", () => {
    expect(["0", "399", ""].map((text) => rowOf(text, 400))).toEqual([0, 399, null].map((value) => ({ value, problem: null })));
    for (const text of ["-3", "5000", "abc", "3.5", "400"]) expect(rowOf(text, 400).problem).toBe(`There is no row "${text}"; give a whole number from 0 to 399.`);
  });

  it("is a number in a column of numbers, or missing", () => {
    for (const text of ["", "41", "-0.5", ".5", "1e3"]) expect(cellProblem("income", true, text)).toBeNull();
    for (const text of ["abc", "1e400", "2,5", " 3", "0x10"]) expect(cellProblem("income", true, text)).toContain(`income is "${text}", and holds numbers`);
    expect(cellProblem("region", false, "abc")).toBeNull();
  });

  it("comes back from the address, and is refused where it says something else", () => {
    const text = changesText(["income", "region"], ["5", "east"], ["77", "east"]);
    expect(text).toBe('{"income":"77"}');
    expect(changesOf(text, numeric).value).toEqual({ income: "77" });
    expect(changesText(["income"], ["5"], ["5"])).toBe("");
    expect(changesOf("", numeric).value).toEqual({});
    for (const [bad, why] of [["{", "no JSON"], ["[1]", "no list of columns"], ['{"town":"x"}', 'no column "town"'], ['{"income":7}', "no text in quotes"], ['{"income":"abc"}', "holds numbers"]])
      expect(changesOf(bad!, numeric).problem).toContain(why);
  });
});
