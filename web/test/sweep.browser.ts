import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row } from "../src/record/rows";
import type { SweepRecord } from "../src/record/sweep";
import { number, signed } from "../src/record/words";
import { drawn, folders, isPng, launch, marks, Pages, printed, recordOf, saved, serious, withRecord } from "./pages";
import { long, onePair, pooled } from "./sweeps";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => browser?.close());

/** Each folder holds what `cutaway sweep docs/examples/names.json --sites 'resid_pre[0..29]@B2+last,head_z'` writes. */
describe.each(folders("CUTAWAY_SWEEPS"))("the page of the sweep in %s", (folder) => {
  const rows = JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8")) as Row[];
  const file = join(folder, "sweep.html");
  const record = recordOf<SweepRecord>(file);
  const pages = new Pages(() => browser, file);
  const open: Pages["open"] = (...how) => pages.open(...how);

  const of = (site: string, layer: number, role: string | null, head: number | null) =>
    rows.filter((row) => row.site === site && row.layer === layer && row.role === role && row.head === head);
  const mean = (some: readonly Row[]) => some.reduce((sum, row) => sum + row.effect, 0) / some.length;
  const head = record.answers.find((answer) => answer.site === "head_z")!;
  const map = '[data-figure="resid_pre: layers by positions"]';
  const grid = '[data-figure="head_z: layers by heads"]';

  it("opens from disk with no network, small and without a fault", async () => {
    for (const [width, height] of [[1280, 800], [390, 844]] as const) {
      const start = Date.now();
      const page = await open("", "light", file, width, height);
      console.log(`${width} wide: opened in ${Date.now() - start} ms, ${(statSync(file).size / 1e6).toFixed(2)} MB`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
    expect(pages.asked).toEqual([]);
    expect(pages.problems).toEqual([]);
    expect(statSync(file).size).toBeLessThan(1.5e6);
  });

  it("says what was asked, and the command that asks it again", async () => {
    const page = await open();
    expect(await page.textContent("h1")).toBe("Which sites are enough to bring the answer back?");
    const block = await page.textContent(".block");
    for (const part of ["patch, denoise", "resid_pre[0..29]@B2+last", "margin, nats", "8, of docs/examples/names.json"]) {
      expect(block).toContain(part);
    }
    expect(await page.textContent("pre.repeat")).toMatch(/^\.\/cutaway sweep docs\/examples\/names\.json .*--sites/);
    await page.close();
  });

  it("has the means of the rows that --json prints, the largest first", async () => {
    const page = await open();
    await page.getByRole("button", { name: "all 330 questions" }).click();
    const shown = page.locator('[aria-label="Questions by effect"] tbody tr');
    expect(await shown.count()).toBe(330);
    let last = Infinity;
    for (let i = 0; i < 330; i += 15) {
      const [name, value, , , pairs] = await shown.nth(i).locator("td").allTextContents();
      const answer = record.answers.find((one) => one.text === name)!;
      const its = of(answer.site, answer.layer!, answer.role ?? null, answer.head ?? null);
      expect([name, value, pairs]).toEqual([name, number(mean(its)), String(its.length)]);
      expect(Math.abs(mean(its))).toBeLessThanOrEqual(last);
      last = Math.abs(mean(its)) + 1e-9;
    }
    await page.close();
  });

  it("marks in every figure what is chosen in one, and keeps it in its address", async () => {
    const page = await open();
    await page.locator(map).focus();
    await page.keyboard.press("ArrowRight"); // the cursor appears at the top left
    const there = mean(of("resid_pre", 29, "B2", null));
    await expect.poll(() => page.textContent(".tip")).toContain(`${signed(there, 3)} nats`);
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    const text = "resid_pre[29]@last";
    const check = async () => {
      await expect.poll(() => page.url()).toContain(`#question=${text}`);
      expect(await page.locator(`${map} rect.chosen`).count()).toBe(1);
      expect(await page.locator(`${grid} rect.chosen`).count()).toBe(0);
      expect(await page.locator("tr.chosen td").first().textContent()).toBe(text);
      expect(await page.textContent(".inspector")).toContain(`${signed(mean(of("resid_pre", 29, "last", null)), 3)} nats`);
    };
    await check();
    await page.reload();
    await drawn(page);
    await check();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".inspector").count()).toBe(0);
    await page.close();
  });

  it("marks a head that is chosen in the list in the grid, and its layer in the map", async () => {
    const page = await open();
    await page.locator('[data-figure="head_z: the largest effects"]').click({ position: { x: 40, y: 9 } });
    await expect.poll(() => page.url()).toContain(`question=${head.text}`);
    expect(await page.locator(`${grid} rect.chosen`).count()).toBe(1);
    expect(await page.locator(`${map} rect.band`).count()).toBe(1);
    expect(await page.locator('[data-figure="The largest effects"] text[font-weight="600"]').textContent()).toBe(head.text);
    await page.locator(".inspector details summary").click();
    expect(await page.textContent(".inspector pre")).toBe(
      `./cutaway sweep docs/examples/names.json --sites '${head.text}@all'`,
    );
    await page.close();
  });

  it("shows one pair in place of the mean, beside what is chosen", async () => {
    const page = await open(`#question=${head.text}`);
    await page.getByRole("button", { name: /^pair 3 / }).click();
    const its = of("head_z", head.layer!, null, head.head!).find((row) => row.pair === 3)!;
    const check = async () => {
      expect(page.url()).toContain(`#question=${head.text}&pair=3`);
      const inspector = await page.textContent(".inspector");
      expect(inspector).toContain(`${signed(its.effect, 3)} nats`);
      expect(inspector).toContain(`${number(its.value)} nats after the edit`);
      expect(inspector).toContain(number(its.recovered!));
      expect(await page.textContent(".asked")).toContain("Pair 3 of 8");
      await page.locator(map).focus();
      await page.keyboard.press("ArrowRight");
      const cell = of("resid_pre", 29, "B2", null).find((row) => row.pair === 3)!;
      await expect.poll(() => page.textContent(".tip")).toContain(`${signed(cell.effect, 3)} nats`);
    };
    await check();
    await page.reload();
    await drawn(page);
    await check();
    await page.keyboard.press("Escape"); // lets go of the question alone
    await expect.poll(() => page.url()).toMatch(/#pair=3$/);
    await page.close();
  });

  it("chooses from the lines over layers", async () => {
    const page = await open();
    const figure = page.locator("#figure-resid_pre-by-layer svg");
    await figure.scrollIntoViewIfNeeded();
    const box = (await figure.boundingBox())!;
    await page.mouse.move(box.x + 120, box.y + 60, { steps: 3 });
    await expect.poll(() => page.textContent(".tip")).toContain("resid_pre[");
    await page.mouse.click(box.x + 120, box.y + 60);
    await expect.poll(() => page.url()).toMatch(/question=resid_pre\[\d+\]@B2/);
    expect(await page.locator(`${map} rect.chosen`).count()).toBe(1);
    await page.close();
  });

  it("saves figures as SVG that parses and PNG, with their colours in them", async () => {
    const page = await open();
    for (const name of ["resid_pre", "resid_pre-by-layer", "head_z", "head_z-ranked", "largest"]) {
      const { name: to, bytes } = await saved(page, page.locator(`#figure-${name} button`, { hasText: "SVG" }));
      expect(to).toBe(`${name}.svg`);
      expect(/var\(|class=/.test(bytes.toString("utf8")), name).toBe(false);
      expect(await marks(page, bytes.toString("utf8")), name).toBeGreaterThan(1);
    }
    expect(isPng((await saved(page, page.locator("#figure-largest button", { hasText: "PNG" }))).bytes)).toBe(true);
    await page.close();
  });

  it("gives back its record as JSON, and as CSV the rows that --json prints", async () => {
    const page = await open();
    const save = async (button: string) =>
      (await saved(page, page.getByRole("button", { name: button }))).bytes.toString("utf8");
    expect(JSON.parse(await save("record, JSON"))).toEqual(record);
    const [names, ...lines] = (await save("effects.csv")).trim().split("\r\n");
    expect(names).toBe(Object.keys(rows[0]!).join(","));
    const printedRows = rows.map((row) => Object.values(row).map((value) => value ?? "").join(","));
    expect(new Set(lines)).toEqual(new Set(printedRows));
    expect(lines).toHaveLength(rows.length);
    expect((await save("questions.csv")).trim().split("\r\n")).toHaveLength(record.answers.length + 1);
    await page.close();
  });

  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("has nothing serious to say to axe, %s, %i wide", async (scheme, width) => {
    const page = await open(`#question=${head.text}&pair=2`, scheme, file, width, width === 390 ? 844 : 800);
    expect(await serious(page)).toEqual([]);
    await page.close();
  });

  it("prints on two A4 pages", async () => {
    const page = await open();
    expect(await printed(page)).toBeLessThanOrEqual(2);
    await page.close();
  });

  describe("as others would be", () => {
    const scratch = mkdtempSync(join(tmpdir(), "cutaway-sweep-"));
    const other = join(scratch, "sweep.html");
    afterAll(() => rmSync(scratch, { recursive: true }));

    it("of one pair has its values, and no mean to choose", async () => {
      withRecord(file, onePair(record), other);
      const page = await open("", "light", other);
      expect(await page.getByRole("group", { name: "What figures show" }).count()).toBe(0);
      const its = of("resid_pre", record.answers[0]!.layer!, record.answers[0]!.role!, null).find((row) => row.pair === 0)!;
      const cells = await page.locator(`tr[data-row="${record.answers[0]!.text}"] td`).allTextContents();
      expect(cells.slice(1)).toEqual([number(its.value), number(its.effect), number(its.recovered!, 2)]);
      expect(await page.textContent(".verdict")).toContain("cannot tell what holds for other prompts");
      await page.close();
    });

    it("of a pooled search says what it may have missed, and gives no p", async () => {
      withRecord(file, pooled(record), other);
      const page = await open("", "light", other);
      expect(await page.getByRole("heading", { name: "What the search may have missed" }).count()).toBe(1);
      expect(await page.textContent("main")).toContain("pair 0: 1 cause among 330 in 60 runs");
      expect(await page.locator('[aria-label="Questions by effect"] th').allTextContents()).toEqual([
        "question", "mean, nats", "pairs",
      ]);
      await page.close();
    });

    it("with 256 positions and more than it can carry stays usable, and says what it left out", async () => {
      withRecord(file, long(record, 256), other);
      for (const width of [1280, 390]) {
        const start = Date.now();
        const page = await open("", "light", other, width);
        console.log(`256 positions, ${width} wide: opened in ${Date.now() - start} ms, ${(statSync(other).size / 1e6).toFixed(2)} MB`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.locator(map).focus();
        for (const key of ["ArrowRight", "End", "Enter"]) await page.keyboard.press(key);
        await expect.poll(() => page.url()).toContain("question=resid_pre[29]@255");
        expect(await page.textContent("main")).toContain("the statistics are of all");
        await page.close();
      }
    });

    it("complains of nothing", () => {
      expect(pages.asked).toEqual([]);
      expect(pages.problems).toEqual([]);
    });
  });
});
