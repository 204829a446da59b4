import { describe, expect, it } from "vitest";
import { frame, labelStep, nearestLabel } from "./curve";

/** Twice round a circle. */
const circle = Array.from({ length: 97 }, (_, i) => ({
  label: i / 4,
  at: [Math.cos((2 * Math.PI * i) / 48), Math.sin((2 * Math.PI * i) / 48), i],
}));
const box = { width: 400, height: 200, margin: 20 };

describe("a curve that is drawn", () => {
  it("keeps its shape, and fills the narrower side of its box", () => {
    const to = frame(circle, [0, 1], box);
    expect(to.y([0, 1])).toBeCloseTo(20);
    expect(to.y([0, -1])).toBeCloseTo(180);
    expect(to.x([1, 0]) - to.x([-1, 0])).toBeCloseTo(160, 0);
  });

  it("is dragged along, not across, where it passes a place twice", () => {
    const to = frame(circle, [0, 1], box);
    const [x, y] = [to.x(circle[10]!.at), to.y(circle[10]!.at)];
    expect(nearestLabel(circle, to, x, y, 2)).toBeCloseTo(2.5);
    expect(nearestLabel(circle, to, x, y, 14)).toBeCloseTo(14.5);
  });

  it("steps from label to label", () => {
    expect(labelStep([4, 1, 2, 8])).toBe(1);
    expect(labelStep([0, 0.5, 2])).toBe(0.5);
    expect(labelStep([3])).toBe(1);
  });
});
