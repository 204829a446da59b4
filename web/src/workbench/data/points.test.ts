import { describe, expect, it } from "vitest";
import { agreementOf, apart, lettersOf, pointsOf, pointsTable, spread } from "./points";

describe("points", () => {
  it("says how a prediction stands to its label", () => {
    expect(agreementOf(0.5, 0.5, "yes")).toBe("right, 1");
    expect(agreementOf(0.49, 0.5, "1")).toBe("wrong, 0");
    expect(agreementOf(0.9, 0.95, "no")).toBe("right, 0");
    expect(agreementOf(0.9, 0.5, "false")).toBe("wrong, 1");
    expect(agreementOf(0.9, 0.5, "")).toBe("predicted 1");
  });

  it("keeps numbers, texts and rows, and leaves out rows without a value", () => {
    const values = [
      { column: "age", numeric: true, texts: ["41", "", "7"] },
      { column: "town", numeric: false, texts: ["a", "b", "c"] },
    ];
    const points = pointsOf(values, [[0.2, 0.4, 0.9], [0.3, 0.6, 0.8]], [0.5, 0.5, 0.95], ["age", "town", "none"]);
    expect(points.map(({ row, x, y, agreement }) => [row, x, y, agreement])).toEqual([
      [0, 41, "a", "predicted 0"],
      [2, 7, "c", "predicted 0"],
    ]);
    expect(pointsOf(values, [[0.2, 0.4, 0.9], [0.3, 0.6, 0.8]], [], ["town", "score", ""])[1]!.y).toBe(0.4);
    expect(pointsOf(values, [[0.2, 0.4, 0.9], [0.3, 0.6, 0.8]], [], ["town", "second score", ""])[1]!.y).toBe(0.6);
    expect(pointsOf(values, [[0.2, 0.4, 0.9]], [], ["town", "second score", ""])).toEqual([]);
  });

  it("tells rows that two models predict otherwise, each at its own threshold", () => {
    const scores = [[0.2, 0.4, 0.9], [0.3, 0.6, 0.8]];
    expect([0, 1, 2].filter((row) => apart(row, scores, []))).toEqual([1]);
    expect([0, 1, 2].filter((row) => apart(row, scores, [[0.1, 0.5, 0.5], [0.5, 0.7, 0.9]]))).toEqual([0, 2]);
  });

  it("saves each column once, each by a name of its own", () => {
    const points = [{ row: 3, x: 41, y: 0.2, score: 0.2, agreement: "right, 0" as const }];
    expect(pointsTable(points, "age", "score")).toEqual({ columns: ["row", "age", "score", "stands"], rows: [[3, 41, 0.2, "right, 0"]] });
    expect(pointsTable(points, "age", "age").columns).toEqual(["row", "age", "score", "stands"]);
    expect(pointsTable(points, "row", "second score")).toEqual({ columns: ["row", "row (column)", "second score", "score", "stands"], rows: [[3, 41, 0.2, 0.2, "right, 0"]] });
    expect(pointsTable(points, "stands", "score").columns).toEqual(["row", "stands", "score", "prediction stands"]);
  });

  it("leaves each band the letters that fit", () => {
    expect(lettersOf(760, 2)).toBe(50);
    expect(lettersOf(300, 40)).toBe(4);
  });

  it("spreads rows within a band, each always alike", () => {
    const all = Array.from({ length: 100 }, (_, row) => spread(row));
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(1.5);
    expect(spread(7)).toBe(all[7]);
  });
});
