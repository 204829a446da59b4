import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import type { FairnessFound, JobList } from "../src/record/routes";
import { launch, serious } from "./pages";
import { Running, Views } from "./workbench";

const SLOW = 200_000;

const folder = mkdtempSync(join(tmpdir(), "cutaway-data-"));
let browser: Browser;
let running: Running;
const views = new Views(
  () => browser,
  () => running,
);

beforeAll(async () => {
  [browser, running] = await Promise.all([launch(), Running.start(folder)]);
}, SLOW);

afterAll(async () => {
  await browser.close();
  await running.kill();
  rmSync(folder, { recursive: true, force: true });
  expect(views.problems).toEqual([]);
});

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

    const { jobs } = await running.ask<JobList>("/api/jobs");
    const job = jobs.find((one) => one.kind === "score" && one.state === "DONE")!.id;
    const asked = { job, label: "repaid", by: ["region"], bins: 4, costRatio: 1, tolerance: 0.02 };
    await page.getByRole("button", { name: "equal opportunity" }).click();
    await expect.poll(gap, { timeout: SLOW }).toBeLessThanOrEqual(0.02);
    const equal = await running.ask<FairnessFound>("/api/whatif/fairness", { ...asked, strategy: "EQUAL_OPPORTUNITY" });
    for (const slice of equal.fairness.slices) {
      expect(Number(await page.getAttribute(`tr[data-slice="${slice.name}"]`, "data-threshold"))).toBe(slice.threshold);
    }

    // a refused row of the east whose twin in the west is approved: of the columns that differ, the region moves the score
    await page.getByRole("button", { name: "one threshold" }).click();
    const single = await running.ask<FairnessFound>("/api/whatif/fairness", { ...asked, strategy: "SINGLE" });
    const { scores } = await running.ask<{ scores: number[] }>(`/api/results/score/${job}`);
    const near = scores.map((score, row) => ({ row, below: single.thresholds[row]! - score })).filter((one) => one.below > 0);
    let twin = -1;
    for (const { row } of near.sort((a, b) => a.below - b.below)) {
      const point = await running.ask<{ nearest: { differing: string[] } }>("/api/whatif/point", { job, row, norm: "L1", judged: { ...asked, strategy: "SINGLE" } });
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

    expect(await serious(page)).toEqual([]);
    await page.reload();
    await page.waitForSelector('[data-dependence="region"]', { timeout: SLOW }); // the address holds table, model and choice
    await page.close();
  }, SLOW);
});
