import { expect, it } from "vitest";
import { axis } from "./axis";

it("holds all values and zero between its first tick and its last", () => {
  const found = axis([9.05, 11.7], 280);
  expect(found.ticks).toEqual([0, 5, 10, 15]);
  expect([found.x(0), found.x(15)]).toEqual([0, 280]);
  expect(found.digits).toBe(0);
});

it("goes to both sides, with as many digits as its ticks have", () => {
  const found = axis([-0.02, 0.07], 300);
  expect(found.ticks).toEqual([-0.05, 0, 0.05, 0.1]);
  expect(found.digits).toBe(2);
  expect(found.x(0)).toBeCloseTo(100, 9);
});

it("has room where all is zero, or there is nothing", () => {
  expect(axis([0], 100).ticks).toEqual([0, 1]);
  expect(axis([], 100).ticks).toEqual([0, 1]);
});

it.each([1e-7, 0.3, 7, 12_345])("has few ticks for a range of %d", (high) => {
  const { ticks } = axis([high], 350);
  expect(ticks.length).toBeGreaterThan(2);
  expect(ticks.length).toBeLessThan(8);
  expect(ticks.at(-1)!).toBeGreaterThanOrEqual(high);
});
