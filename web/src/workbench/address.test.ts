import { describe, expect, it } from "vitest";
import { parse, written } from "./address";

describe("an address", () => {
  it("is read as it was written, whatever the prompt holds", () => {
    const prompt = "a&b=c #d \"e\" ü\n<script>";
    const text = written({ view: "lens", of: { prompt, contrast: "" } });
    const [path, query] = text.split("?") as [string, string];
    expect(parse(path, `?${query}`)).toEqual({ view: "lens", of: { prompt } });
  });

  it("has the marks that it is to choose behind what it is of", () => {
    expect(written({ view: "attention", of: { prompt: "a" }, marks: "#component=L3H0" })).toBe("/attention?prompt=a#component=L3H0");
  });

  it("leads to the first view where it names none", () => {
    expect(parse("/", "").view).toBe("lens");
    expect(parse("/nowhere", "").view).toBe("lens");
    expect(parse("/ledger/", "").view).toBe("ledger");
  });
});
