import { expect, it } from "vitest";
import { changed } from "./changed";

const marks = (now: number[], before: number[]) => changed(now, before).map(Number).join("");

it("marks one token that was replaced", () => {
  expect(marks([1, 9, 3], [1, 2, 3])).toBe("010");
});

it("marks the tokens that one became, and not those that moved on by it", () => {
  expect(marks([1, 8, 9, 3, 4], [1, 2, 3, 4])).toBe("01100");
});

it("marks nothing where a token was taken out, nor where all is as it was", () => {
  expect(marks([1, 3], [1, 2, 3])).toBe("00");
  expect(marks([1, 2], [1, 2])).toBe("00");
});

it("counts no token twice where it is repeated", () => {
  expect(marks([5, 5, 5], [5, 5])).toBe("001");
});
