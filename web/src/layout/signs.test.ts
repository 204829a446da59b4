import { describe, expect, it } from "vitest";
import { runsOf } from "./signs";

describe("stretches", () => {
  it("are those of equal values, in order", () => {
    expect(runsOf([..."++.-+"])).toEqual([
      { value: "+", from: 0, to: 2 },
      { value: ".", from: 2, to: 3 },
      { value: "-", from: 3, to: 4 },
      { value: "+", from: 4, to: 5 },
    ]);
    expect(runsOf([])).toEqual([]);
  });
});
