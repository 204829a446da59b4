import { expect, test } from "vitest";
import { following, named } from "./probes";

test("clicks go through all other classes and back", () => {
  const classes = ["empty", "other", "same"];
  expect(following(classes, "other", null)).toBe("same");
  expect(following(classes, "other", "same")).toBe("empty");
  expect(following(classes, "other", "empty")).toBeNull();
  expect(following(["past", "future"], "future", null)).toBe("past");
  expect(following(["past", "future"], "future", "past")).toBeNull();
});

test("what a link paints is there where a probe reads the thing and has the class", () => {
  const things = ["a1", "b1"].map((name) => ({ name, read: "empty", accuracy: 1 }));
  const board = { probe: "board", site: "blocks.0.hook_resid_post", classes: ["empty", "other", "same"], side: 0, things };
  const tense = { ...board, probe: "tense", classes: ["past", "future"], things: things.slice(0, 1) };
  const probes = [board, tense];
  expect(named(probes, { probe: "board", thing: "b1", to: "same" })).toBe(true);
  expect(named(probes, { probe: "tense", thing: "", to: "past" })).toBe(true);
  expect(named(probes, { probe: "board", thing: "", to: "same" })).toBe(false);
  expect(named(probes, { probe: "board", thing: "z9", to: "same" })).toBe(false);
  expect(named(probes, { probe: "board", thing: "b1", to: "past" })).toBe(false);
  expect(named(probes, { probe: "other", thing: "b1", to: "same" })).toBe(false);
});
