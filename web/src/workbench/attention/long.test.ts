import { expect, it } from "vitest";
import { isLong } from "./long";

it("tells a text that is waited for from one that is answered at once, whatever it is written in", () => {
  expect(isLong("The river was cold. ".repeat(50))).toBe(false); // some 250 tokens
  expect(isLong("The river was cold. ".repeat(51))).toBe(true);
  expect(isLong("漢".repeat(334))).toBe(true); // up to 1,002 tokens
  expect(isLong("漢".repeat(333))).toBe(false);
});
