import { describe, expect, it } from "vitest";
import { medianInterval } from "./medianInterval";

/** Each of the n^n resamples' medians, in order. */
function medians(values: readonly number[]): number[] {
  const n = values.length;
  return Array.from({ length: n ** n }, (_, resample) => {
    const drawn = values.map((_, i) => values[Math.floor(resample / n ** i) % n]!).sort((a, b) => a - b);
    return (drawn[Math.floor((n - 1) / 2)]! + drawn[Math.floor(n / 2)]!) / 2;
  }).sort((a, b) => a - b);
}

describe("the interval of a median", () => {
  it.each([[[3, 1]], [[0.3, 0.1, 0.7]], [[4, 2, 9, 1]], [[4, 2, 16, 1, 8]], [[4, 2, 16, 1, 8, 32]]])("of %j is that of all resamples", (values) => {
    const all = medians(values);
    for (const confidence of [0.5, 0.8, 0.95]) {
      const tail = (1 - confidence) / 2;
      const { low, high } = medianInterval(values, confidence)!;
      expect(low).toBeCloseTo(all[Math.ceil(tail * all.length) - 1]!, 12);
      expect(high).toBeCloseTo(all[Math.ceil((1 - tail) * all.length) - 1]!, 12);
    }
  });

  it("is none of one value, of values that are the same, and where one is none", () => {
    expect(medianInterval([1])).toBeNull();
    expect(medianInterval([1, 1, 1])).toBeNull();
    expect(medianInterval([1, "NaN" as unknown as number])).toBeNull();
  });
});
