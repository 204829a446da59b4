import { describe, expect, it } from "vitest";
import { ofBytes, ofShorts, strongest } from "./packed";

describe("packed numbers", () => {
  it("are read as they were written", () => {
    expect([...ofBytes(btoa(String.fromCharCode(0, 128, 255)))]).toEqual([0, 128, 255]);
    expect([...ofShorts(btoa(String.fromCharCode(1, 0, 0, 1, 255, 255)))]).toEqual([1, 256, 65535]);
  });

  it("tell where a query looks, and never ahead", () => {
    const weights = new Uint16Array([65535, 9, 9, 40000, 25535, 9, 0, 60000, 5535]);
    expect(strongest(weights, 3, 1, 5).map((one) => one.pos)).toEqual([0, 1]);
    expect(strongest(weights, 3, 2, 2).map((one) => one.pos)).toEqual([1, 2]);
    expect(strongest(weights, 3, 0, 2)[0]!.weight).toBe(1);
  });
});
