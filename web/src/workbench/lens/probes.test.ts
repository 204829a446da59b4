import { expect, test } from "vitest";
import { following } from "./probes";

test("clicks go through all other classes and back", () => {
  const classes = ["empty", "other", "same"];
  expect(following(classes, "other", null)).toBe("same");
  expect(following(classes, "other", "same")).toBe("empty");
  expect(following(classes, "other", "empty")).toBeNull();
  expect(following(["past", "future"], "future", null)).toBe("past");
  expect(following(["past", "future"], "future", "past")).toBeNull();
});
