import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyResult } from "../src/record/study";
import { measured, verdictOf } from "../src/record/studyWords";
import { folders, isPng, launch, marks, Pages, recordOf, saved, serious } from "./pages";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

/** Each folder holds what `cutaway study run ID --out FOLDER/study` writes. */
describe.each(folders("CUTAWAY_STUDIES"))("the page of the study in %s", (folder) => {
  const name = readdirSync(join(folder, "study")).find((file) => file.endsWith(".html"))!;
  const file = join(folder, "study", name);
  const record = JSON.parse(readFileSync(file.replace(/html$/, "json"), "utf8")) as StudyResult;
  const pages = new Pages(() => browser, file);

  it("carries the record that lies beside it", () => {
    expect(recordOf<StudyResult>(file)).toEqual(record);
  });

  it("opens from disk with no network, small and without a fault, wide and narrow", async () => {
    for (const width of [1280, 390]) {
      const page = await pages.open("", "light", file, width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.locator("figure svg").count()).toBeGreaterThanOrEqual(record.figures.length);
      await page.close();
    }
    expect(pages.asked).toEqual([]);
    expect(pages.problems).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1.5e6);
  });

  it("says the verdict, and a row for each bar with what became of it", async () => {
    const page = await pages.open();
    expect(await page.textContent("h1")).toBe(record.card.title);
    expect(await page.textContent(".verdict")).toBe(verdictOf(record));
    const rows = page.locator("tbody tr");
    expect(await rows.count()).toBe(record.table.length);
    for (const [i, line] of record.table.entries()) {
      const text = await rows.nth(i).textContent();
      expect(text).toContain(line.bar.what);
      expect(text).toContain(measured(line.median));
      expect(text?.endsWith(line.isMet ? "met" : "missed")).toBe(true);
    }
    expect(await page.locator("pre.repeat").textContent()).toBe(record.command);
    await page.close();
  });

  it("saves its figures as SVG and PNG, and its numbers as JSON", async () => {
    const page = await pages.open();
    const svg = await saved(page, page.locator("#figure-measured-1 button", { hasText: "SVG" }));
    expect(await marks(page, svg.bytes.toString("utf8"))).toBeGreaterThan(1);
    expect(isPng((await saved(page, page.locator("#figure-measured-1 button", { hasText: "PNG" }))).bytes)).toBe(true);
    const json = await saved(page, page.getByRole("button", { name: "The numbers as JSON" }));
    expect(JSON.parse(json.bytes.toString("utf8"))).toEqual(record);
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious to say to axe, %s", async (scheme) => {
    const page = await pages.open("", scheme);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });
});
