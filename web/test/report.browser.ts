import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Explanation } from "../src/record/explanation";
import { number, percent } from "../src/record/words";
import { drawn, folders, isPng, launch, marks, Pages, printed, saved, serious, withRecord } from "./pages";
import { stretched } from "./stretch";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

describe.each(folders("CUTAWAY_REPORTS"))("the report in %s", (folder) => {
  const record = JSON.parse(readFileSync(join(folder, "explain.json"), "utf8")) as Explanation;
  const report = join(folder, "report.html");
  const pages = new Pages(() => browser, report);
  const { asked, problems } = pages;
  const open: Pages["open"] = (...how) => pages.open(...how);

  const strongest = [...record.attribution.components]
    .filter((effect) => effect.component.startsWith("L") && record.circuit.members.some((m) => m.component === effect.component))
    .sort((a, b) => Math.abs(b.ablation) - Math.abs(a.ablation))[0]!;

  it("opens from disk with no network, small and without a fault", async () => {
    const start = Date.now();
    const page = await open();
    console.log(`opened in ${Date.now() - start} ms, ${(statSync(report).size / 1e6).toFixed(2)} MB`);
    expect(asked).toEqual([]);
    expect(problems).toEqual([]);
    expect(statSync(report).size).toBeLessThan(1.5e6);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
    await page.close();
  });

  it("reads the numbers that explain.json holds", async () => {
    const page = await open();
    const { small, members, of, faithfulness } = record.circuit;
    expect(await page.textContent(".verdict")).toContain(percent(faithfulness));
    expect(await page.textContent(".verdict")).toContain(
      small ? `${members.length} of ${of} components carry` : `No small circuit: ${members.length} of ${of} components`,
    );
    expect(await page.getByRole("heading", { name: "No small circuit" }).count()).toBe(small ? 0 : 1);
    await page.getByRole("button", { name: /^all \d+ components$/ }).click();
    for (const effect of record.attribution.components) {
      const cells = await page.locator(`tr[data-row="${effect.component}"] td`).allTextContents();
      expect(cells.slice(0, 5)).toEqual([
        effect.component,
        number(effect.direct),
        number(effect.ablation),
        number(effect.placebo),
        number(effect.restoring, 2),
      ]);
      if (record.attribution.components.indexOf(effect) > 60) break; // each costs a turn of the browser
    }
    await page.close();
  });

  it("gives the focus of a panel that the address opened to what shows it as chosen", async () => {
    const focused = (it: Element) => it === document.activeElement;
    const value = number(record.lens.probability[3]![1]!, 4);
    for (const [hash, mark] of [
      ["#layer=3&pos=1", '[data-figure^="Logit lens"]'],
      ["#pos=1", ".tokens button[aria-label^='position 1,']"],
    ] as const) {
      const page = await open(hash);
      await page.locator(".inspector").getByRole("button", { name: /let go/ }).focus();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator(".inspector").count()).toBe(0);
      expect(await page.locator(mark).first().evaluate(focused), hash).toBe(true);
      await page.close();
    }
    const page = await open("#layer=3&pos=2");
    await page.locator(".inspector").getByRole("button", { name: /let go/ }).focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowLeft"); // the figure goes on from what was chosen
    await expect.poll(() => page.textContent(".tip")).toContain(value);
    await page.close();
  });

  it("stops once in a row of buttons, which arrow keys move in", async () => {
    const page = await open();
    const row = page.locator("ul.tokens").first();
    const name = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(await row.locator("button[tabindex='0']").count()).toBe(1);
    await row.locator("button").first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await name()).toMatch(/^position 1,/);
    await page.keyboard.press("Home");
    expect(await name()).toMatch(/^position 0,/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    expect(await row.evaluate((it) => it.contains(document.activeElement))).toBe(false);
    await page.keyboard.press("Shift+Tab");
    expect(await name()).toMatch(/^position 1,/);
    await page.close();
  });

  it("says at each place of a map what the record has there, by keyboard too", async () => {
    const page = await open();
    const map = page.locator('[data-figure^="Logit lens"]');
    await map.focus();
    await page.keyboard.press("ArrowRight"); // the cursor appears at the top left
    await page.keyboard.press("End");
    const rows = record.lens.probability.length - 1;
    const last = record.prompt.tokens.length - 1;
    await expect.poll(() => page.textContent(".tip")).toContain(number(record.lens.probability[rows]![last]!, 4));
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.textContent(".tip")).toContain(number(record.lens.probability[rows - 1]![last]!, 4));
    await page.keyboard.press("Enter");
    expect(page.url()).toContain(`#layer=${rows - 1}&pos=${last}`);
    expect(await page.textContent(".inspector")).toContain(number(record.patching.recovered[rows - 1]![last]!));
    const focused = (it: Element) => it === document.activeElement;
    expect(await page.locator(".inspector").evaluate(focused)).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".inspector").count()).toBe(0);
    expect(await map.evaluate(focused)).toBe(true);
    await page.keyboard.press("ArrowUp"); // from where it was
    await expect.poll(() => page.textContent(".tip")).toContain(number(record.lens.probability[rows]![last]!, 4));
    await page.close();
  });

  it("shows in every figure the head that is chosen in one, and keeps it in its address", async () => {
    const page = await open();
    await page.locator(`tr[data-row="${strongest.component}"]`).first().click();
    const check = async () => {
      await expect.poll(() => page.url()).toContain(`component=${strongest.component}`);
      expect(await page.locator('[data-figure^="Ablation"] rect.chosen').count()).toBe(1);
      expect(await page.locator('[data-figure="circuit"] [aria-pressed="true"]').count()).toBeGreaterThan(0);
      expect(await page.locator("tr.chosen td").first().textContent()).toBe(strongest.component);
      expect(await page.textContent(".inspector")).toContain(`${number(strongest.ablation)} nats`);
    };
    await check();
    await page.reload();
    await drawn(page);
    await check();
    const other = record.circuit.members.find((member) => member.component !== strongest.component)!.component;
    await page.locator(`[data-figure="circuit"] [role="button"][aria-label^="${other} "]`).first().click();
    expect(page.url()).toContain(`component=${other}&`);
    await page.close();
  });

  it("chooses a component from the chart that compares two measures", async () => {
    const page = await open();
    const place = record.attribution.components.findIndex((effect) => effect.component === strongest.component);
    const dots = page.locator('#figure-direct-removed svg g:has(path:nth-of-type(20))');
    const dot = dots.locator("path").nth(place);
    await dot.scrollIntoViewIfNeeded();
    const box = (await dot.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    await expect.poll(() => page.textContent(".tip")).toContain(strongest.component);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => page.url()).toContain(`component=${strongest.component}`);
    await page.close();
  });

  it("stays usable with 256 tokens, on a telephone too", async () => {
    const length = 256;
    const long = stretched(record, length);
    const scratch = mkdtempSync(join(tmpdir(), "cutaway-report-"));
    try {
      const file = join(scratch, "report.html");
      withRecord(report, long, file);
      for (const width of [1280, 390]) {
        const began = Date.now();
        const long256 = await open("", "light", file, width);
        console.log(`256 tokens, ${width} wide: opened in ${Date.now() - began} ms, ${(statSync(file).size / 1e6).toFixed(2)} MB`);
        expect(await long256.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await long256.getByRole("button", { name: new RegExp(`^position ${length - 1},`) }).first().click();
        expect(long256.url()).toContain(`pos=${length - 1}`);
        await long256.keyboard.press("Escape");
        const map = long256.locator('[data-figure^="Patching map"]');
        const folds = map.locator("text", { hasText: "⋯" });
        expect(await folds.count()).toBe(1); // what the prompts have in common
        expect(await map.evaluate((svg) => svg.parentElement!.scrollWidth - svg.parentElement!.clientWidth)).toBeLessThanOrEqual(0);
        await map.focus();
        for (const key of ["ArrowRight", "End", "Enter"]) await long256.keyboard.press(key);
        expect(long256.url()).toContain(`pos=${length - 1}`);
        const top = long.patching.recovered.length - 1;
        expect(await long256.textContent(".inspector")).toContain(number(long.patching.recovered[top]!.at(-1)!));
        for (const key of ["Escape", "Home", "Enter"]) await long256.keyboard.press(key);
        await expect.poll(() => folds.count()).toBe(0);
        await long256.close();
      }
      expect(problems).toEqual([]);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it("saves figures as SVG that parses and PNG, with their colours in them", async () => {
    const page = await open();
    for (const name of ["lens", "patching", "ablation", "circuit", "controls"]) {
      const { name: file, bytes } = await saved(page, page.locator(`#figure-${name} button`, { hasText: "SVG" }));
      const svg = bytes.toString("utf8");
      expect(file).toBe(`${name}.svg`);
      expect(svg).not.toMatch(/var\(|class=/);
      expect(await marks(page, svg), name).toBeGreaterThan(1);
    }
    const png = await saved(page, page.locator("#figure-circuit button", { hasText: "PNG" }));
    expect(isPng(png.bytes)).toBe(true);
    await page.close();
  });

  it("saves what a figure draws as CSV and JSON", async () => {
    const page = await open();
    const cells = record.patching.recovered.flat();
    const csv = await saved(page, page.locator("#figure-patching button", { hasText: "CSV" }));
    expect(csv.bytes.toString("utf8").trim().split("\r\n")).toHaveLength(cells.length + 1);
    const json = await saved(page, page.locator("#figure-patching button", { hasText: "JSON" }));
    const rows = JSON.parse(json.bytes.toString("utf8")) as { recovered: number }[];
    expect(rows.map((row) => row.recovered)).toEqual(cells);
    await page.close();
  });

  it("gives the whole record back as JSON, and its tables as CSV", async () => {
    const page = await open();
    const save = async (button: string) =>
      (await saved(page, page.getByRole("button", { name: button }))).bytes.toString("utf8");
    expect(JSON.parse(await save("record, JSON"))).toEqual(record);
    expect((await save("components.csv")).trim().split("\r\n")).toHaveLength(record.attribution.components.length + 1);
    expect((await save("patching.csv")).split("\r\n")[1]).toContain(String(record.patching.recovered[0]![0]!));
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious to say to axe, %s", async (scheme) => {
    const page = await open(`#component=${strongest.component}`, scheme);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });

  it("prints on two A4 pages", async () => {
    const page = await open();
    expect(await printed(page)).toBeLessThanOrEqual(2);
    await page.close();
  });
});
