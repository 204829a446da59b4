import { describe, expect, it } from "vitest";
import { cellOf, moved, whole, zoomed } from "./viewport";

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
