import { describe, expect, it } from "vitest";
import type { Job, TableOverview } from "../../record/routes";
import { scoringOf } from "../data/scoring";
import { addressOf, deed, inOrder, lastRun, standing, words } from "./jobWords";

const job = (kind: string, asked: unknown, state = "DONE", id = kind): Job => ({
  id, kind, asked, state, step: "", done: "", problem: "", created: "2026-11-30T10:00:00.000Z", ended: state === "DONE" ? "2026-11-30T10:01:00.000Z" : "", starts: 1, drafts: 0,
});

const LENS = { model: "m", prompt: "The capital of\nFrance is", contrast: "", answer: "", against: "", seed: 0 };

describe("a job in the list", () => {
  it("says what it is and what it is about, on one line", () => {
    expect(words(job("explain", LENS))).toEqual({ name: "explanation", about: "The capital of France is" });
    expect(words(job("sweep", { pairs: '{"prompt": "a"}\n{"prompt": "b"}\n' })).about).toBe("2 lines of pairs");
    expect(words(job("newer than this page", {}))).toEqual({ name: "newer than this page", about: "" });
  });

  it("leads to where its question is asked, or its claim, dictionary or run stands", () => {
    expect(addressOf(job("explain", LENS))).toEqual({ view: "lens", of: { model: "m", prompt: LENS.prompt, contrast: "", answer: "", against: "" } });
    expect(addressOf(job("held-out", { claim: "c1", pairs: "" }))).toEqual({ view: "ledger", of: { claim: "c1" } });
    expect(addressOf(job("study", { study: "x", seeds: null, set: null }, "RUNNING", "j7"))).toEqual({ view: "studies", of: { study: "x", run: "j7" } });
    expect(addressOf(job("sweep", { pairs: "" }))).toBeNull();
    expect(addressOf(job("newer than this page", {}))).toBeNull();
  });

  it("of a long text leads to it, to the head and to what was done with it", () => {
    const text = "The river was cold.";
    const effect = { model: "m", base: { prompt: text }, edits: [{ op: "mean", site: "blocks.3.attn.hook_z[2]" }], metric: { metric: "loss" }, seed: 0, controls: 3 };
    expect(addressOf(job("attention", { model: "m", text }))).toEqual({ view: "attention", of: { model: "m", prompt: text } });
    expect(addressOf(job("effect", effect))).toEqual({ view: "attention", of: { model: "m", prompt: text }, marks: "#component=L3H2&act=mean&metric=loss" });
    expect(words(job("effect", effect)).about).toBe("L3H2 set to its mean: The river was cold.");
    expect(addressOf(job("effect", { ...effect, base: { ids: [1] } }))).toBeNull();
  });

  it("leads to no view that would ask something else", () => {
    expect(addressOf(job("explain", { ...LENS, seed: 3 }))).toBeNull();
    expect(addressOf(job("explain", { ...LENS, answer: null }))).toBeNull();
    expect(addressOf(job("explain", { ...LENS, model: "" }))).toBeNull();
  });

  it.each([
    { table: "t.csv", sha256: "5", learn: "repaid", without: ["approved"] },
    { table: "t.csv", sha256: "5", learn: "repaid", without: ["income", "approved"] },
    { table: "t.csv", sha256: "5", model: "m", template: "{a}:", yes: " y", no: " n", edits: [{ op: "zero" }] },
    { table: "t.csv", sha256: "5", model: "m", template: "{a}:", yes: " yes", no: " no", probe: "p", positive: "past", steer: "p", towards: "past", scale: 2 },
  ])("of scores leads to the page that asks just this: %j", (asked) => {
    const to = addressOf(job("score", asked))!;
    expect(scoringOf({ name: to.of["table"], sha256: "5" } as TableOverview, to.of, "")).toEqual(asked);
  });

  it("says how far it is, or how it ended", () => {
    expect(standing(job("study", {}, "QUEUED"))).toBe("waits");
    expect(standing({ ...job("study", {}, "RUNNING"), step: "training", done: "40 %" })).toBe("training, 40 %");
    expect(standing(job("study", {}))).toMatch(/^done \d+ Nov, \d\d:\d\d$/);
    expect(standing({ ...job("study", {}, "FAILED"), ended: "2026-11-30T10:01:00.000Z", problem: "the disk is full." })).toMatch(/^failed .*: the disk is full\.$/);
  });

  it("tells apart what a reader cancelled and what stopped with its page", () => {
    const ended = { ...job("explain", LENS, "CANCELLED"), ended: "2026-11-30T10:01:00.000Z" };
    expect(standing(ended)).toMatch(/^cancelled \d+ Nov, \d\d:\d\d$/);
    expect(standing({ ...ended, problem: "its page was left." })).toMatch(/^stopped \d+ Nov, \d\d:\d\d: its page was left\.$/);
  });

  it("says of a link what following it does", () => {
    expect(deed(job("explain", LENS, "RUNNING"))).toBe("watch");
    expect(deed(job("explain", LENS))).toBe("open");
    expect(deed(job("explain", LENS, "CANCELLED"))).toBe("ask again");
    expect(deed(job("study", { study: "x" }, "CANCELLED"))).toBe("open");
  });
});

it("lists those on their way first, in the order of asking, then the newest", () => {
  const newestFirst = [job("study", {}, "QUEUED", "d"), job("study", {}, "DONE", "c"), job("study", {}, "RUNNING", "b"), job("study", {}, "CANCELLED", "a")];
  expect(inOrder(newestFirst).map(({ id }) => id)).toEqual(["b", "d", "c", "a"]);
});

describe("the run that a study's page opens with", () => {
  const x = { study: "x" };
  it("is the one that goes on, else the last that is done, and never one of another study", () => {
    const ended = [job("study", x, "CANCELLED", "4"), job("study", { study: "y" }, "DONE", "3"), job("study", x, "DONE", "2"), job("study", x, "DONE", "1")];
    expect(lastRun(ended, "x")!.id).toBe("2");
    expect(lastRun([...ended, job("study", x, "RUNNING", "0")], "x")!.id).toBe("0");
    expect(lastRun(ended, "z")).toBeNull();
    expect(lastRun([ended[0]!], "x")).toBeNull();
  });
});
