import { describe, expect, it } from "vitest";
import { chained, featureNumber, jaccard, shade } from "./together";

describe("jaccard", () => {
  it("counts tokens on which both fire over those on which one does", () => {
    const found = jaccard([
      [1, 2, 0, 0],
      [0, 5, 3, 0],
      [0, 0, 0, 0],
    ]);
    expect(found[0]![1]).toBeCloseTo(1 / 3); // tokens 1 of 0, 1 and 2
    expect(found[0]![0]).toBe(1);
    expect(found[2]).toEqual([0, 0, 0]);
  });
  it("is the same both ways", () => {
    const found = jaccard([[1, 0, 1], [1, 1, 1]]);
    expect(found[0]![1]).toBe(found[1]![0]);
  });
});

describe("chained", () => {
  it("puts features that fire together beside each other, each once", () => {
    const order = chained([
      [1, 0, 0.9, 0],
      [0, 1, 0, 0.8],
      [0.9, 0, 1, 0.1],
      [0, 0.8, 0.1, 1],
    ]);
    expect(order).toEqual([0, 2, 3, 1]);
  });
  it("ends with a single one", () => {
    expect(chained([[1]])).toEqual([0]);
  });
});

describe("shade", () => {
  it("tells nothing from little", () => {
    expect(shade(0, 2)).toBe(0);
    expect(shade(0.001, 2)).toBeGreaterThan(0.05);
    expect(shade(-2, 2)).toBe(1);
    expect(shade(3, 0)).toBe(0);
  });
});

describe("featureNumber", () => {
  it("takes numbers that are there, and nothing else", () => {
    expect(featureNumber(" 12 ", 13)).toBe(12);
    expect(featureNumber("13", 13)).toBeNull();
    expect(featureNumber("-1", 13)).toBeNull();
    expect(featureNumber("1e2", 4096)).toBeNull();
  });
});
