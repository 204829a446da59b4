import { describe, expect, it } from "vitest";
import { barLength, besides, frame } from "./places";

describe("a frame", () => {
  const pictures = [[[0, 0], [4, 0]], [[], [2, 1]]];

  it("holds all places, alike in both directions", () => {
    const to = frame(pictures, 120, 200, 10);
    expect(to(0, 0)).toEqual({ x: 10, y: 112.5 });
    expect(to(4, 0)).toEqual({ x: 110, y: 112.5 });
    expect(to(2, 1)).toEqual({ x: 60, y: 87.5 });
  });

  it("has no trouble where all stand on one point, or nowhere", () => {
    expect(frame([[[3, 3]]], 100, 100, 10)(3, 3)).toEqual({ x: 50, y: 50 });
    expect(frame([[[]]], 100, 100, 10)(0, 0)).toEqual({ x: 50, y: 50 });
  });
});

describe("names", () => {
  it("stand above their points, and elsewhere where a name stands there", () => {
    const points = [{ x: 50, y: 50 }, null, { x: 52, y: 50 }, { x: 200, y: 50 }];
    const [first, none, second, far] = besides(points, ["ab", "cd", "ef", "gh"]);
    expect(first).toEqual({ x: 50, y: 43 });
    expect(none).toBe(null);
    expect(second).toEqual({ x: 52 + 6.7 + 7, y: 54 });
    expect(far).toEqual({ x: 200, y: 43 });
  });
});

describe("a bar", () => {
  it("is round and takes at most a third", () => {
    expect(barLength(300, 2)).toBe(50);
    expect(barLength(300, 70)).toBe(1);
    expect(barLength(300, 0.9)).toBe(100);
  });
});
