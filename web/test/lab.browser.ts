import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabRecord } from "../src/record/lab";
import { labCsv } from "../src/record/labCurves";
import { count } from "../src/record/words";
import { folders, isPng, launch, marks, Pages, recordOf, saved, serious } from "./pages";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

/** Each folder holds what `cutaway lab train … --report FOLDER/lab.html --json > FOLDER/lab.json` writes. */
describe.each(folders("CUTAWAY_LABS"))("the page of the lab's training in %s", (folder) => {
  const file = join(folder, "lab.html");
  const record = JSON.parse(readFileSync(join(folder, "lab.json"), "utf8")) as LabRecord;
  const last = record.curve[record.curve.length - 1]!;
  const pages = new Pages(() => browser, file);

  it("carries the record that was printed", () => {
    expect(recordOf<LabRecord>(file)).toEqual(record);
  });

  it("opens from disk with no network, small and without a fault, wide and narrow", async () => {
    for (const width of [1280, 390]) {
      const page = await pages.open("", "light", file, width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.locator("figure svg").count()).toBe(Object.keys(last.values).length);
      await page.close();
    }
    expect(pages.asked).toEqual([]);
    expect(pages.problems).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1.5e6);
  });

  it("says what was trained, what came of it and how to do it again", async () => {
    const page = await pages.open();
    expect(await page.textContent("h1")).toContain(record.task);
    expect(await page.textContent(".verdict")).toContain(`After ${count(last.step)} steps`);
    expect(await page.locator("pre.repeat").last().textContent()).toBe(record.command);
    await page.close();
  });

  it("tells a reading under the pointer, and saves curves as SVG, PNG and CSV", async () => {
    const page = await pages.open();
    const figure = page.locator("#figure-loss svg").first();
    await figure.scrollIntoViewIfNeeded();
    const box = (await figure.boundingBox())!;
    await page.mouse.move(box.x + box.width - 115, box.y + box.height / 2, { steps: 3 });
    await expect.poll(() => figure.textContent()).toMatch(/step \d+: seed \d+ /);
    const svg = await saved(page, page.locator("#figure-loss button", { hasText: "SVG" }));
    expect(await marks(page, svg.bytes.toString("utf8"))).toBeGreaterThan(1);
    expect(isPng((await saved(page, page.locator("#figure-loss button", { hasText: "PNG" }))).bytes)).toBe(true);
    const csv = await saved(page, page.getByRole("button", { name: "The curves as CSV" }));
    expect(csv.bytes.toString("utf8")).toBe(labCsv(record));
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious to say to axe, %s", async (scheme) => {
    const page = await pages.open("", scheme);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });
});
