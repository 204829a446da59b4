import { describe, expect, it } from "vitest";
import { EMPTY, EXAMPLE, linesOf, pairsOf } from "./pairs";

describe("held-out pairs", () => {
  it("are the same after a way through lines", () => {
    expect(pairsOf(linesOf(EXAMPLE))).toEqual(EXAMPLE);
  });

  it("leave out empty rows and fields, and keep blanks before answers", () => {
    expect(linesOf([EMPTY, { ...EMPTY, prompt: "a \"b\"", answer: " c" }])).toBe('{"prompt":"a \\"b\\"","answer":" c"}');
  });

  it("are no rows where lines say more than rows can", () => {
    expect(pairsOf('{"template": "{a}", "fills": []}')).toBeNull();
    expect(pairsOf('{"prompt": 3}')).toBeNull();
    expect(pairsOf("[1]")).toBeNull();
    expect(pairsOf("not JSON")).toBeNull();
    expect(pairsOf("\n")).toEqual([]);
  });
});
