import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Comparison, FairnessFound, JobList, PointFound, TableOverview, TokenSaliency } from "../src/record/routes";
import { serious } from "./pages";
import { Opened } from "./workbench";

const SLOW = 200_000;

const opened = Opened.forTests("data", SLOW);
const { views } = opened;

describe("data", () => {
  it("finds a planted bias by slices, names its column, and closes the gap", async () => {
    const page = await views.open("/data");
    await page.getByRole("button", { name: /planted bias/ }).click();
    await page.getByLabel("a net learns").selectOption("approved", { timeout: SLOW });
    await page.getByLabel("what is true").selectOption("repaid");
    await page.getByRole("button", { name: "score the rows" }).click();
    await page.waitForSelector(".slices", { timeout: SLOW });
    const gap = async () => Number(await page.getAttribute("[data-gap]", "data-gap"));
    const gaps: Record<string, number> = {};
    for (const column of ["branch", "age", "region"]) {
      await page.getByLabel("slice by").selectOption(column);
      await page.waitForSelector(`tr[data-slice^="${column} "]`, { timeout: SLOW });
      gaps[column] = await gap();
    }
    expect(gaps["region"]).toBeGreaterThan(0.2);
    expect(gaps["region"]).toBeGreaterThan(2 * Math.max(gaps["branch"]!, gaps["age"]!));

    const { jobs } = await opened.running.ask<JobList>("/api/jobs");
    const job = jobs.find((one) => one.kind === "score" && one.state === "DONE")!.id;
    const asked = { job, label: "repaid", by: ["region"], bins: 4, costRatio: 1, tolerance: 0.02 };
    await page.getByRole("button", { name: "equal opportunity" }).click();
    await expect.poll(gap, { timeout: SLOW }).toBeLessThanOrEqual(0.02);
    const equal = await opened.running.ask<FairnessFound>("/api/whatif/fairness", { ...asked, strategy: "EQUAL_OPPORTUNITY" });
    for (const slice of equal.fairness.slices) {
      expect(Number(await page.getAttribute(`tr[data-slice="${slice.name}"]`, "data-threshold"))).toBe(slice.threshold);
    }

    // a refused row of the east whose twin in the west is approved: of the columns that differ, the region moves the score
    await page.getByRole("button", { name: "one threshold" }).click();
    const single = await opened.running.ask<FairnessFound>("/api/whatif/fairness", { ...asked, strategy: "SINGLE" });
    const { scores } = await opened.running.ask<{ scores: number[] }>(`/api/results/score/${job}`);
    const near = scores.map((score, row) => ({ row, below: single.thresholds[row]! - score })).filter((one) => one.below > 0);
    let twin = -1;
    for (const { row } of near.sort((a, b) => a.below - b.below)) {
      const point = await opened.running.ask<{ nearest: { differing: string[] } }>("/api/whatif/point", { job, row, norm: "L1", judged: { ...asked, strategy: "SINGLE" } });
      if (point.nearest.differing[0] === "region") {
        twin = row;
        break;
      }
    }
    await page.getByLabel("row", { exact: true }).fill(String(twin));
    await page.waitForSelector('[data-differing^="region"]', { timeout: SLOW });
    const moves: Record<string, number> = {};
    for (const column of ["age", "branch", "region"]) {
      await page.getByLabel("partial dependence on").selectOption(column);
      moves[column] = Number(await page.getAttribute(`[data-dependence="${column}"]`, "data-range", { timeout: SLOW }));
    }
    expect(moves["region"]).toBeGreaterThan(2 * Math.max(moves["age"]!, moves["branch"]!));

    // the region changed, the model runs again, and says what the dependence said
    const before = Number(await page.getAttribute("[data-score]", "data-score"));
    const region = page.getByLabel("region", { exact: true });
    await region.fill((await region.inputValue()) === "east" ? "west" : "east");
    await page.getByRole("button", { name: "run again" }).click();
    const edited = Number(await page.getAttribute("[data-edited]", "data-edited", { timeout: SLOW }));
    expect(Math.abs(edited - before)).toBeCloseTo(moves["region"]!, 5);
    await page.getByLabel("income", { exact: true }).fill("abc");
    expect(await page.locator(".datapoint [role=alert]").innerText()).toContain('income is "abc", and holds numbers');
    expect(await page.getByRole("button", { name: "run again" }).isDisabled()).toBe(true);
    const costs = page.getByLabel("a false positive costs, in false negatives");
    await costs.fill("-3");
    expect(await page.getByText('A false positive costs "-3"').count()).toBe(1);
    expect(await page.locator(".slices").count()).toBe(0);
    await costs.fill("");
    await page.waitForSelector(".slices", { timeout: SLOW });
    expect(await page.getByLabel("partial dependence on").locator("option").allInnerTexts()).not.toContain("approved");
    expect(await page.getByLabel("a net learns").locator("option").allInnerTexts()).toEqual(["nothing: a prompt is run", "approved", "repaid"]);

    expect(await serious(page)).toEqual([]);
    await page.reload();
    await page.waitForSelector('[data-dependence="region"]', { timeout: SLOW }); // the address holds table, model and choice
    expect(Number(await page.getAttribute("[data-edited]", "data-edited", { timeout: SLOW }))).toBe(edited); // and changed values
    await page.getByLabel("row", { exact: true }).fill("5000");
    expect(await page.getByText('There is no row "5000"; give a whole number from 0 to 999.').count()).toBe(1);
    await page.close();
  }, SLOW);

  it("sets a second model beside the first, on the same rows and on edited values", async () => {
    const table = await opened.running.ask<TableOverview>("/api/tables/loans", { rows: 200, bias: 1.5, seed: 3 });
    const page = await views.open(`/data?${new URLSearchParams({ table: table.name, learn: "approved", label: "repaid", slice: "region" })}`);
    await page.waitForSelector(".slices", { timeout: SLOW });
    await page.getByLabel("a second model beside it").selectOption("repaid");
    await page.getByRole("button", { name: "score the rows" }).click();
    await page.waitForSelector("[data-alike]", { timeout: SLOW });
    await page.waitForSelector("[data-second-gap]", { timeout: SLOW });
    const jobs = await scorings(table.name);
    const [job, other] = ["approved", "repaid"].map((learn) => jobs.find((one) => one.asked["learn"] === learn)!.id);
    const judged = { job, label: "repaid", by: ["region"], bins: 4, strategy: "SINGLE", costRatio: 1, tolerance: 0.02 };
    const found = await opened.running.ask<Comparison>("/api/whatif/compare", { job, other, judged });
    expect(found.rows).toBe(200);
    expect(found.firstOnly + found.secondOnly).toBeGreaterThan(0);
    expect(Number(await page.getAttribute("[data-alike]", "data-alike"))).toBe(found.bothOne + found.bothZero);
    const fair = await opened.running.ask<FairnessFound>("/api/whatif/fairness", { ...judged, job: other });
    expect(Number(await page.getAttribute("[data-second-gap]", "data-second-gap"))).toBe(fair.fairness.gaps.truePositive);
    const biased = await opened.running.ask<FairnessFound>("/api/whatif/fairness", judged);
    expect(Number(await page.getAttribute("[data-gap]", "data-gap"))).toBe(biased.fairness.gaps.truePositive);
    expect(biased.fairness.gaps.positive!).toBeGreaterThan(fair.fairness.gaps.positive! + 0.1); // only one of the two learned the bias

    const furthest = found.furthest[0]!.row;
    await page.getByRole("button", { name: `row ${furthest}:` }).click();
    await page.waitForSelector("[data-second-score]", { timeout: SLOW });
    await page.getByLabel("income", { exact: true }).fill("77");
    await page.getByRole("button", { name: "run again" }).click();
    await page.waitForSelector("[data-second-score] [data-edited]", { timeout: SLOW });
    const shown = await page.$$eval("[data-edited]", (all) => all.map((one) => Number(one.getAttribute("data-edited"))));
    const { columns, values } = await opened.running.ask<PointFound>("/api/whatif/point", { job, row: furthest, norm: "L1" });
    values[columns.indexOf("income")] = "77";
    const runs = await Promise.all([job, other].map((one) => opened.running.ask<PointFound>("/api/whatif/point", { job: one, row: furthest, norm: "L1", values })));
    expect(shown).toEqual(runs.map((one) => one.edited));
    const near = await Promise.all(
      [job, other].map((one) => opened.running.ask<PointFound>("/api/whatif/point", { job: one, row: furthest, norm: "L1", values, judged: { ...judged, job: one } })),
    ); // the two predict this row otherwise: each has a nearest of its own
    expect(await page.$$eval("[data-nearest]", (all) => all.map((one) => Number(one.getAttribute("data-nearest"))))).toEqual(near.map((one) => one.nearest!.row));

    await page.getByLabel("only rows that the two predict otherwise").check();
    expect(await serious(page)).toEqual([]);
    await page.reload();
    await page.waitForSelector("[data-alike]", { timeout: SLOW });
    expect(await page.getByLabel("a second model beside it").inputValue()).toBe("repaid");
    await page.close();
  }, SLOW);

  it("reads prompts by a kept probe, and says what tokens are worth to each of two models", async () => {
    await keepProbe();
    await opened.running.ask("/api/tables", { name: "words.csv", text: "a,ok\nbaked,1\nwill bake,0\nwalked,1\nwill walk,0\n" });
    const page = await views.open("/data?table=words.csv");
    await page.getByLabel("what is true").selectOption("ok", { timeout: SLOW });
    await page.getByLabel("prompt of a row").fill("She {a}");
    await page.getByLabel("a second model beside it").selectOption("a prompt");
    const second = page.getByRole("group", { name: "the second model" });
    await second.getByLabel("steered along").selectOption("tense.safetensors");
    await second.locator('label:has(> span:text-is("to")) select').selectOption("past");
    await second.getByLabel("by", { exact: true }).fill("2");
    await page.getByRole("button", { name: "score the rows" }).click();
    await page.waitForSelector("[data-alike]", { timeout: SLOW });
    await page.getByLabel("row", { exact: true }).fill("1");
    await expect.poll(() => page.locator("[data-saliency]").count(), { timeout: SLOW }).toBe(2);
    const jobs = await scorings("words.csv");
    const plain = jobs.find((one) => one.asked["steer"] == null)!.id;
    const steered = jobs.find((one) => one.asked["steer"] != null)!.id;
    const margins = async () => page.$$eval("[data-saliency]", (all) => all.map((one) => Number(one.getAttribute("data-margin"))));
    const asked = async (prompt: string, leaveOut = false) =>
      Promise.all([plain, steered].map((job) => opened.running.ask<TokenSaliency>("/api/whatif/tokens", { job, prompt, leaveOut })));
    const was = await asked("She will bake");
    expect(await margins()).toEqual(was.map((one) => one.margin));
    expect(Math.abs(was[0]!.margin - was[1]!.margin)).toBeGreaterThan(0.01);

    await page.getByRole("button", { name: /position 1, ·will/ }).first().click();
    await page.getByRole("textbox", { name: "token 1" }).fill(" did");
    await page.getByRole("button", { name: "edit it" }).click();
    await page.waitForSelector('[data-prompt="She did bake"] [data-moved]', { timeout: SLOW });
    const now = await asked("She did bake", true);
    await expect.poll(margins, { timeout: SLOW }).toEqual(now.map((one) => one.margin));
    const moved = await page.$$eval("[data-moved]", (all) => all.map((one) => Number(one.getAttribute("data-moved"))));
    moved.forEach((by, i) => expect(by).toBeCloseTo(now[i]!.margin - was[i]!.margin, 6));
    await page.getByRole("button", { name: "leave each out in turn" }).click();
    await expect.poll(() => page.locator('[data-saliency="measured"]').count(), { timeout: SLOW }).toBe(2);
    const worth = await page.$$eval('[data-saliency="measured"]', (all) => [...all[0]!.querySelectorAll("[data-worth]")].map((one) => Number(one.getAttribute("data-worth"))));
    expect(worth).toEqual(now[0]!.leftOut);

    await page.getByLabel("a second model beside it").selectOption("");
    await page.getByLabel("the score is").selectOption("tense.safetensors");
    await page.getByLabel("its class").selectOption("past");
    await page.getByRole("button", { name: "score the rows" }).click();
    await page.waitForSelector("text=a probe at", { timeout: SLOW });
    const read = (await scorings("words.csv")).find((one) => one.asked["probe"] != null)!.id;
    const { scores } = await opened.running.ask<{ scores: number[] }>(`/api/results/score/${read}`);
    expect(Math.min(scores[0]!, scores[2]!)).toBeGreaterThan(Math.max(scores[1]!, scores[3]!));
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);
});

/** The jobs that scored a table, and what was asked of each. */
async function scorings(table: string): Promise<{ id: string; asked: Record<string, unknown> }[]> {
  const { jobs } = await opened.running.ask<JobList>("/api/jobs");
  return jobs.filter((one) => one.kind === "score" && one.state === "DONE").map((one) => ({ id: one.id, asked: one.asked as Record<string, unknown> })).filter((one) => one.asked["table"] === table);
}

/** A probe of the tense of a few sentences, kept where the workbench looks for probes. */
async function keepProbe() {
  mkdirSync(join(opened.folder, "probes"), { recursive: true });
  const verbs = [["baked", "bake"], ["walked", "walk"], ["cleaned", "clean"], ["opened", "open"], ["painted", "paint"], ["washed", "wash"], ["called", "call"], ["played", "play"]];
  const lines = verbs.flatMap(([past, verb]) => [
    { text: `She ${past}`, tense: "past", group: verb },
    { text: `She will ${verb}`, tense: "future", group: verb },
  ]);
  writeFileSync(join(opened.folder, "tense.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  await promisify(execFile)("../cutaway", ["probe", "fit", join(opened.folder, "tense.jsonl"), "--class", "tense", "--sites", "resid_post[8]", "--out", join(opened.folder, "probes", "tense.safetensors")]);
}
