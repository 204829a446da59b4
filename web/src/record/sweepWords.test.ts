import { expect, test } from "vitest";
import type { SweepRecord } from "./sweep";
import { asks, favoursContrast } from "./sweepWords";

/** One pair, whose contrast has more of the metric than its prompt. */
function record(metric: string, ofAnswer: boolean): SweepRecord {
  return {
    version: "", seed: 0, file: "", seconds: 0, answers: [], chosen: [], searches: [], repeat: { command: "", question: "" },
    model: { name: "", sha256: "", family: "", layers: 3, heads: 2, dModel: 8, device: "cpu", dtype: "float32" },
    asked: { method: "patch", how: "", sites: [], metric, what: "", unit: "nats", ofAnswer },
    extent: { pairs: 1, independent: 1, questions: 0, rows: 0, sure: 0, level: 0.05, smallestP: 1, carriedRows: 0 },
    pairs: [
      { index: 0, prompt: "a", tokens: ["a"], contrast: ["b"], answer: "x", against: "y", roles: {}, onPrompt: 1, onContrast: 2, parts: false },
    ],
  };
}

test("the record says whether the metric speaks of an answer, and the page goes by that alone", () => {
  expect(favoursContrast(record("margin", true)).map((pair) => pair.index)).toEqual([0]);
  expect(favoursContrast(record("a later metric", true)).map((pair) => pair.index)).toEqual([0]);
  expect(favoursContrast(record("loss", false))).toEqual([]);
  expect(asks(record("margin", true))).toContain("bring the answer back");
  expect(asks(record("loss", false))).not.toContain("answer");
});
