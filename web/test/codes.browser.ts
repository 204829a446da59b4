import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodesFound, CodesRecord } from "../src/record/codes";
import { folders, isPng, launch, marks, Pages, recordOf, saved, serious } from "./pages";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

/** Each folder holds what `cutaway codes … --report FOLDER/codes.html --json > FOLDER/codes.json` writes. */
describe.each(folders("CUTAWAY_CODES"))("the page of sign codes in %s", (folder) => {
  const file = join(folder, "codes.html");
  const { found, sorted } = recordOf<CodesRecord>(file);
  const pages = new Pages(() => browser, file);

  it("carries what was printed, and opens from disk with no network, wide and narrow", async () => {
    expect(found).toEqual(JSON.parse(readFileSync(join(folder, "codes.json"), "utf8")) as CodesFound);
    for (const width of [1280, 390]) {
      const page = await pages.open("", "light", file, width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.locator("figure svg").count()).toBe(2);
      await page.close();
    }
    expect(pages.asked).toEqual([]);
    expect(pages.problems).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1.5e6);
  });

  it("says groups by size, and the sign of the cell at the cursor", async () => {
    const page = await pages.open();
    const sizes = await page.locator("#groups tbody tr td:nth-of-type(1)").evaluateAll((cells) =>
      cells.map((cell) => cell.textContent!.split(",").length),
    );
    expect(sizes).toEqual(found.groups.map(({ inputs }) => inputs.length).sort((a, b) => b - a));
    await page.locator("#figure-signs svg").focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const tip = (await page.textContent(".tip"))!;
    expect(tip).toContain(`neuron ${sorted.neurons[1]}, input ${sorted.inputs[3]}`);
    expect(tip).toContain({ "+": "plus", "-": "minus", ".": "none" }[sorted.signs[1]![3]!]!);
    await page.close();
  });

  it("saves the matrices as SVG, PNG and CSV", async () => {
    const page = await pages.open();
    const svg = await saved(page, page.getByRole("button", { name: "Save Overlaps of inputs as SVG" }));
    expect(await marks(page, svg.bytes.toString("utf8"))).toBeGreaterThan(1);
    expect(isPng((await saved(page, page.getByRole("button", { name: "Save Signs of the weights as PNG" }))).bytes)).toBe(true);
    const csv = await saved(page, page.getByRole("button", { name: "Save Signs of the weights as CSV" }));
    const lines = csv.bytes.toString("utf8").trim().split("\r\n");
    expect(lines.slice(1).map((line) => line.split(",").slice(2).join(""))).toEqual(sorted.signs);
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious to say to axe, %s", async (scheme) => {
    const page = await pages.open("", scheme);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });
});
