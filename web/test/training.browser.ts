import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { curveCsv } from "../src/record/curves";
import type { TrainingRecord } from "../src/record/training";
import { count, number } from "../src/record/words";
import { folders, isPng, launch, marks, Pages, recordOf, saved, serious } from "./pages";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

/** Each folder holds what `cutaway train dictionary … --report FOLDER/training.html --out FOLDER/dictionary` writes. */
describe.each(folders("CUTAWAY_TRAININGS"))("the page of the training in %s", (folder) => {
  const file = join(folder, "training.html");
  const record = JSON.parse(readFileSync(join(folder, "dictionary", "training.json"), "utf8")) as TrainingRecord;
  const last = record.curve[record.curve.length - 1]!;
  const pages = new Pages(() => browser, file);

  it("carries the record that lies beside the dictionary", () => {
    expect(recordOf<TrainingRecord>(file)).toEqual(record);
  });

  it("opens from disk with no network, small and without a fault, wide and narrow", async () => {
    for (const width of [1280, 390]) {
      const page = await pages.open("", "light", file, width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.locator("figure svg").count()).toBeGreaterThanOrEqual(4);
      await page.close();
    }
    expect(pages.asked).toEqual([]);
    expect(pages.problems).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1.5e6);
  });

  it("says what was trained and what the last batch showed", async () => {
    const page = await pages.open();
    expect(await page.textContent("h1")).toContain(`${count(record.width)} latents for ${record.inputs.join(" and ")}`);
    const verdict = await page.textContent(".verdict");
    expect(verdict).toContain(`${number(100 * last.explained, 1)} % of the variance`);
    expect(verdict).toContain(`${number(last.l0, 1)} latents a token`);
    expect(await page.locator("pre.repeat").last().textContent()).toBe(record.command);
    await page.close();
  });

  it("tells a reading under the pointer, and saves curves as SVG, PNG and CSV", async () => {
    const page = await pages.open();
    const figure = page.locator("#figure-explained svg").first();
    await figure.scrollIntoViewIfNeeded();
    const box = (await figure.boundingBox())!;
    await page.mouse.move(box.x + box.width - 30, box.y + box.height / 2, { steps: 3 });
    await expect.poll(() => figure.textContent()).toContain(`step ${last.step}: explained variance`);
    const svg = await saved(page, page.locator("#figure-loss button", { hasText: "SVG" }));
    expect(await marks(page, svg.bytes.toString("utf8"))).toBeGreaterThan(1);
    expect(isPng((await saved(page, page.locator("#figure-l0 button", { hasText: "PNG" }))).bytes)).toBe(true);
    const csv = await saved(page, page.getByRole("button", { name: "The curves as CSV" }));
    expect(csv.bytes.toString("utf8")).toBe(curveCsv(record.curve));
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious to say to axe, %s", async (scheme) => {
    const page = await pages.open("", scheme);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });
});
