import { describe, expect, it } from "vitest";
import {
  columnKey, columns, effectOf, effectsByPair, groupedMean, groups, meanRecovered, placeIn, receiverName, recoveredOf, tokensIn,
} from "./questions";
import type { Answer, Prompts, SweepRecord } from "./sweep";

function pair(index: number, tokens: string[], roles: Record<string, number[]> = {}, more: Partial<Prompts> = {}): Prompts {
  return {
    index, prompt: tokens.join(""), tokens, contrast: tokens, answer: " a", against: " b", roles,
    onPrompt: 1, onContrast: -1, parts: true, ...more,
  };
}

function answer(text: string, site: string, more: Partial<Answer>): Answer {
  return { text, site, pairs: 2, mean: 0, ...more };
}

function record(pairs: Prompts[], answers: Answer[]): SweepRecord {
  return {
    version: "", seed: 0, file: "", seconds: 0, chosen: [], searches: [], repeat: { command: "", question: "" },
    model: { name: "", sha256: "", family: "", layers: 3, heads: 2, dModel: 8, device: "cpu", dtype: "float32" },
    asked: { method: "patch", how: "", sites: [], metric: "margin", what: "", unit: "nats", ofAnswer: true },
    extent: {
      pairs: pairs.length, independent: pairs.length, questions: answers.length, rows: 0, sure: 0, level: 0.05,
      smallestP: 1, carriedRows: 0,
    },
    pairs, answers,
  };
}

const short = pair(0, ["When", " Mary", " and", " John"], { A: [1, 1], B: [3, 3] });
const same = pair(1, ["When", " Anna", " and", " Paul"], { A: [1, 1], B: [3, 3] });
const long = pair(1, ["When", " An", "na", " and", " Paul"], { A: [1, 2], B: [4, 4] });

describe("columns", () => {
  const asked = [0, 1, 2, 3].map((position) => answer(`resid_pre[0]@${position}`, "resid_pre", { layer: 0, position }));

  it("of prompts of one length carry what they share, else the role that stands there", () => {
    expect(columns(record([short, same], asked), asked)).toEqual([
      { key: "0", label: "When", aligned: true },
      { key: "1", label: "{A}", aligned: true },
      { key: "2", label: "·and", aligned: true },
      { key: "3", label: "{B}", aligned: true },
    ]);
  });

  it("by number are not the same place in prompts of different length; roles and the last one are", () => {
    const roles = [
      answer("resid_pre[0]@last", "resid_pre", { role: "last" }),
      answer("resid_pre[0]@A", "resid_pre", { role: "A" }),
    ];
    const found = columns(record([short, long], []), [...roles, asked[2]!]);
    expect(found.map((column) => [column.key, column.aligned])).toEqual([["A", true], ["2", false], ["last", true]]);
  });

  it("stand at other positions in other pairs", () => {
    expect([placeIn("A", long), placeIn("last", long), placeIn("2", long), placeIn("1..2", long)]).toEqual([
      [1, 2], [4, 4], [2, 2], [1, 2],
    ]);
    expect([placeIn("4", short), placeIn("all", short)]).toEqual([null, null]);
    expect(tokensIn("A", long)).toBe(" Anna");
  });

  it("are named by role before position", () => {
    expect(columnKey(answer("", "x", { role: "A", position: 3 }))).toBe("A");
    expect(columnKey(answer("", "x", { position: 3, lastPosition: 5 }))).toBe("3..5");
    expect(columnKey(answer("", "x", {}))).toBe("all");
  });
});

describe("values", () => {
  const some = answer("head_z[1.0]", "head_z", {
    layer: 1, head: 0, mean: 3, in: [0, 2], effect: [2, 4], value: [1, 5], recovered: [0.5, 0],
  });
  const three = record([short, same, pair(2, ["x"], {}, { parts: false })], [some]);

  it("are those of the pairs that have them", () => {
    expect([null, 0, 1, 2].map((of) => effectOf(some, of))).toEqual([3, 2, null, 4]);
    expect(effectsByPair(three, some)).toEqual([{ pair: 0, effect: 2 }, { pair: 2, effect: 4 }]);
  });

  it("are no share where nothing separates the two runs", () => {
    expect(recoveredOf(three, some, 0)).toBe(0.5);
    expect(recoveredOf(three, some, 2)).toBeNull();
    expect(meanRecovered(three, some)).toBeNull();
    expect(meanRecovered(record([short], [some]), { ...some, in: [0], recovered: [0.5] })).toBe(0.5);
  });

  it("of a page that has means alone are null for a pair", () => {
    expect(effectOf(answer("", "x", { mean: 2 }), 0)).toBeNull();
    expect(effectsByPair(three, answer("", "x", {}))).toEqual([]);
  });

  it("of pairs in one group count as one", () => {
    const pairs = [pair(0, [], {}, { group: "g" }), pair(1, [], {}, { group: "g" }), pair(2, [])];
    expect(groupedMean([{ pair: 0, value: 1 }, { pair: 1, value: 3 }, { pair: 2, value: 6 }], pairs)).toBe(4);
    expect(groupedMean([], pairs)).toBeNull();
  });
});

describe("groups", () => {
  it("are drawn by layer or head, each receiver apart", () => {
    const q = { receiver: "head_q", receiverLayer: 2, receiverHead: 1 };
    const found = groups(
      record(
        [short],
        [
          answer("head_z[1.1] → head_q[2.1]", "head_z", { layer: 1, head: 1, ...q }),
          answer("head_z[0.0] → logits", "head_z", { layer: 0, head: 0, receiver: "logits" }),
          answer("resid_pre[1]@2", "resid_pre", { layer: 1, position: 2 }),
        ],
      ),
    );
    expect(found.map((group) => [group.key, group.kind, group.receiver, group.heads])).toEqual([
      ["resid_pre", "layers", null, 0],
      ["head_z → head_q[2.1]", "heads", "head_q[2.1]", 2],
      ["head_z → logits", "heads", "logits", 2],
    ]);
    expect(found[0]!.at(1, null, "2")?.text).toBe("resid_pre[1]@2");
    expect(found[1]!.at(1, 1, "all")?.text).toBe("head_z[1.1] → head_q[2.1]");
    expect(found[1]!.at(0, 1, "all")).toBeUndefined();
  });

  it("are listed where receivers are many, and of neurons", () => {
    const edges = Array.from({ length: 7 }, (_, head) =>
      answer(`e${head}`, "head_z", { layer: 0, head: 0, receiver: "head_q", receiverLayer: 1, receiverHead: head }),
    );
    expect(groups(record([short], edges)).map((group) => [group.key, group.kind])).toEqual([["head_z", "list"]]);
    expect(groups(record([short], [answer("n", "neuron_post", { layer: 0, neuron: 7 })]))[0]!.kind).toBe("list");
    expect(groups(record([short], [answer("f", "feature", { layer: 0, dictionary: "resid-0", feature: 7 })]))[0]!.kind).toBe("list");
    expect(receiverName(edges[3]!)).toBe("head_q[1.3]");
  });
});
