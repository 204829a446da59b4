import { describe, expect, it } from "vitest";
import { configuration } from "./configuration";

describe("the name of a configuration", () => {
  it("is the same for the same question, whatever the order of its fields", () => {
    expect(configuration({ study: "toy", seeds: 3, set: undefined })).toBe(configuration({ seeds: 3, study: "toy" }));
  });

  it("changes with every part of the process", () => {
    const base = { study: "toy", seeds: 1, set: [{ name: "noise", value: 0.1 }] };
    const others = [
      { ...base, seeds: 2 },
      { ...base, set: [{ name: "noise", value: 0.2 }] },
      { ...base, set: [] },
      { ...base, study: "toys" },
    ];
    expect(new Set([base, ...others].map(configuration)).size).toBe(5);
  });

  /** The reference is FNV-1a of `{"a":1,"b":[true,null]}`, 595cf28929e773ea, by a few lines of Python. */
  it("is FNV-1a without its last twelve bits", () => {
    expect(configuration({ b: [true, null], a: 1 })).toBe("595cf28929e77");
  });
});
