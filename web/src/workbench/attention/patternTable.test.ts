import { describe, expect, it } from "vitest";
import { meanTable, patternTable } from "./patternTable";

const WEIGHTS = Uint16Array.of(65535, 0, 13107, 52428); // [2, 2]

describe("the table of a pattern", () => {
  it("names each token, and leaves out what is as good as 0", () => {
    const { columns, rows } = patternTable(Uint16Array.of(65535, 0, 20, 65515), [{ pos: 0, id: 5, text: "a" }, { pos: 1, id: 6, text: " b" }]);
    expect(columns).toEqual(["query", "query token", "key", "key token", "weight"]);
    expect(rows).toEqual([[0, "a", 0, "a", 1], [1, " b", 1, " b", 0.99969]]);
  });

  it("of a mean has positions, weights, and names that say so", () => {
    expect(meanTable(WEIGHTS, 2)).toEqual({
      columns: ["query position", "key position", "mean weight over sentences"],
      rows: [[0, 0, 1], [1, 0, 0.2], [1, 1, 0.8]],
    });
  });
});
