import { describe, expect, it } from "vitest";
import { axisMarks, cellOf, moved, whole, zoomed } from "./viewport";

describe("a viewport", () => {
  it("keeps what is under the pointer where it is", () => {
    const at = { x: 0.25, y: 0.75 };
    const before = cellOf(whole(1000), 1000, at)!;
    const after = cellOf(zoomed(whole(1000), 1000, 4, at), 1000, at)!;
    expect(Math.abs(after.key - before.key)).toBeLessThanOrEqual(1);
    expect(Math.abs(after.query - before.query)).toBeLessThanOrEqual(1);
  });

  it("never leaves the square", () => {
    const port = moved(zoomed(whole(100), 100, 10, { x: 0, y: 0 }), 100, -50, 500);
    expect(port.x).toBe(0);
    expect(port.y + port.cells).toBe(100);
    expect(zoomed(port, 100, 1e-9, { x: 0, y: 0 })).toEqual(whole(100));
    expect(zoomed(whole(100), 100, 1e9, { x: 0, y: 0 }).cells).toBe(8);
    expect(zoomed(whole(3), 3, 1e9, { x: 0, y: 0 }).cells).toBe(3);
  });
});

describe("marks of an axis", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `t${i}`);

  it("name each token that is seen, at the middle of its cell", () => {
    const marks = axisMarks(100, 10, names);
    expect(marks.map(({ text }) => text)).toEqual(["t100", "t101", "t102", "t103", "t104", "t105", "t106", "t107", "t108", "t109"]);
    expect(marks[0]!.at).toBeCloseTo(0.05);
    expect(marks[9]!.at).toBeCloseTo(0.95);
  });

  it("are round positions where there is no room for names", () => {
    expect(axisMarks(0, 1000, names).map(({ text }) => text)).toEqual(["0", "200", "400", "600", "800"]);
    expect(axisMarks(130, 80, names).map(({ pos }) => pos)).toEqual([130, 140, 150, 160, 170, 180, 190, 200]);
  });

  it("leave out tokens whose middle is beyond the edge", () => {
    expect(axisMarks(2.6, 8, names)[0]!.pos).toBe(3);
    expect(axisMarks(0, 3, names.slice(0, 3))).toHaveLength(3);
  });
});
