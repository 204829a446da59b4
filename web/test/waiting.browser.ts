import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { JobList } from "../src/record/routes";
import { serious } from "./pages";
import { Opened } from "./workbench";

const SLOW = 400_000;
const opened = Opened.forTests("waiting", SLOW);
const { views } = opened;

const focused = (it: Element) => it === document.activeElement;

const LONG = Array.from({ length: 18 }, (_, i) => `In the year ${1900 + i} the river rose, and ${i} families left the town for the hills.`).join(" ");
const attention = (text: string, hash = "") => `/attention?${new URLSearchParams({ prompt: text })}${hash}`;

/** How far the line of a job says it is, each time that it says something else. */
async function steps(page: Page, line: string, until: string): Promise<string[]> {
  return page.evaluate(
    ([selector, end]) =>
      new Promise<string[]>((done) => {
        const said: string[] = [];
        const look = () => {
          const text = document.querySelector(selector!)?.textContent ?? "";
          if (text !== "" && said.at(-1) !== text) said.push(text);
          if (document.querySelector(end!) === null) requestAnimationFrame(look);
          else done(said);
        };
        look();
      }),
    [line, until],
  );
}

const numbers = (said: readonly string[], of: RegExp) => said.flatMap((text) => [...text.matchAll(of)].map((match) => Number(match[1])));

async function jobsOf(kind: string) {
  const { jobs } = await opened.running.ask<JobList>(`/api/jobs?kind=${kind}`);
  return jobs;
}

describe("a long text", () => {
  it("is read with its progress, cancelled in the view, and is not begun again by loading the page", async () => {
    const page = await views.open("/attention");
    await page.getByLabel("Text", { exact: true }).fill(LONG);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".state.job:has-text('of 30 layers')", { timeout: SLOW });
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click();
    const stopped = page.locator(".state.cancelled");
    await stopped.waitFor({ timeout: SLOW });
    expect(await stopped.textContent()).toContain("The reading of this text was cancelled.");
    expect(await serious(page)).toEqual([]);
    await page.reload();
    await stopped.waitFor({ timeout: SLOW });
    expect(await jobsOf("attention")).toHaveLength(1);
    await stopped.getByRole("button", { name: "run it again" }).click();
    const said = await steps(page, ".state.job", ".thumbnails image");
    const layers = numbers(said, /(\d+) of 30 layers/g);
    expect(new Set(layers).size).toBeGreaterThan(5);
    expect(layers).toEqual([...layers].sort((a, b) => a - b));
    await page.close();
  }, SLOW);

  it("is there at once when its view is opened again, also behind other work", async () => {
    const page = await views.open(attention(LONG));
    await page.waitForSelector(".thumbnails image", { timeout: SLOW });
    await page.goto(opened.running.address + attention(`${LONG} Then it fell.`));
    await page.waitForSelector(".state.job:has-text('of 30 layers')", { timeout: SLOW });
    const other = await views.open(attention(LONG));
    await other.waitForSelector(".thumbnails image", { timeout: 5000 });
    expect((await jobsOf("attention")).filter(({ state }) => state === "RUNNING")).toHaveLength(1);
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click();
    await Promise.all([page.close(), other.close()]);
  }, SLOW);

  it("shows an edit's effect before its controls, and is cancelled from the list of jobs", async () => {
    const page = await views.open(attention(LONG, "#component=L3H2"));
    await page.getByRole("button", { name: "mean", exact: true }).click({ timeout: SLOW });
    const line = page.locator(".intervene .state.job");
    await line.filter({ hasText: /block \d+ of 30/ }).waitFor({ timeout: SLOW });
    await page.locator(".found [data-effect]").waitFor({ timeout: SLOW });
    expect(await page.textContent(".found")).toContain("Its controls are being measured.");
    const effect = await page.getAttribute(".found [data-effect]", "data-effect");
    await page.getByRole("button", { name: /^Jobs/ }).click();
    await page.getByRole("button", { name: /^cancel effect of an edit L3H2 set to its mean/ }).click();
    const stopped = page.locator(".intervene .state.cancelled");
    await stopped.waitFor({ timeout: SLOW });
    expect(await page.textContent(".found")).toContain("Controls: not measured yet.");
    await page.reload();
    await stopped.waitFor({ timeout: SLOW });
    expect(await jobsOf("effect")).toHaveLength(1);
    await stopped.getByRole("button", { name: "run it again" }).click();
    await expect.poll(() => page.textContent(".found"), { timeout: SLOW }).toContain("3 controls");
    expect(Number(await page.getAttribute(".found [data-effect]", "data-effect"))).toBeCloseTo(Number(effect), 6);
    await page.close();
  }, SLOW);

  it("is led to by its jobs, with the head and what was done to it", async () => {
    const page = await views.open("/lens");
    await page.getByRole("button", { name: /^Jobs/ }).click();
    await page.getByRole("link", { name: /^open effect of an edit L3H2/ }).click({ timeout: SLOW });
    await page.waitForSelector(".found [data-effect]", { timeout: SLOW });
    expect(new URL(page.url()).hash).toBe("#component=L3H2&act=mean&metric=loss");
    expect(await page.textContent(".head-sheet h2")).toContain("L3H2");
    await page.close();
  }, SLOW);

  it("stops when its page is closed", async () => {
    const page = await views.open("/attention");
    await page.getByLabel("Text").fill(`${Array(4).fill(LONG).join(" ")} ${LONG.slice(0, LONG.length / 2)}`); // 1,900 tokens: longer than it takes to notice
    await page.keyboard.press("Enter");
    await page.waitForSelector(".state.job:has-text('of 30 layers')", { timeout: SLOW });
    await page.close();
    await expect.poll(async () => (await jobsOf("attention"))[0]!.problem, { timeout: 30_000 }).toMatch(/^its page was closed or left/);
  }, SLOW);

  it("that is short is answered at once, without a job", async () => {
    const before = (await jobsOf("attention")).length;
    const page = await views.open(attention("The river rose.", "#component=L3H2&act=zero"));
    await page.waitForSelector(".thumbnails image", { timeout: SLOW });
    await expect.poll(() => page.textContent(".found"), { timeout: SLOW }).toContain("8 controls");
    expect(await jobsOf("attention")).toHaveLength(before);
    await page.close();
  }, SLOW);
});

describe("what a reader cancelled", () => {
  it("is not begun again by the lens's address, and by its form is", async () => {
    const prompt = "When Mary and John went to the store, John gave a drink to";
    const page = await views.open("/lens");
    await page.getByLabel("Prompt").fill(prompt);
    await page.keyboard.press("Enter");
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click({ timeout: SLOW });
    const stopped = page.locator(".state.cancelled");
    await stopped.waitFor({ timeout: SLOW });
    await page.goto(`${opened.running.address}/lens?${new URLSearchParams({ prompt })}#component=MLP0`);
    await stopped.waitFor({ timeout: SLOW });
    expect(await stopped.textContent()).toMatch(/^The explanation was cancelled\./);
    expect(await jobsOf("explain")).toHaveLength(1);
    // nothing here shows an MLP as chosen: the focus goes to the heading
    await page.locator(".inspector").getByRole("button", { name: /let go/ }).focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".inspector").count()).toBe(0);
    expect(await page.locator("main h1").evaluate(focused)).toBe(true);
    await page.goto(`${opened.running.address}/lens`);
    await page.getByLabel("Prompt").fill(prompt);
    await page.keyboard.press("Enter");
    await page.locator(".state.job").waitFor({ timeout: SLOW });
    expect(await jobsOf("explain")).toHaveLength(2);
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click();
    await page.close();
  }, SLOW);

  it("is not begun again by a study's address, and by its plan is", async () => {
    const page = await views.open("/studies?study=superposition-compute&run=plan");
    const run = page.getByRole("button", { name: "run it", exact: true });
    await page.getByLabel("seeds", { exact: true }).fill("10"); // a run stops between two seeds
    await run.click({ timeout: SLOW });
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click({ timeout: SLOW });
    const stopped = page.locator(".state.cancelled");
    await stopped.waitFor({ timeout: SLOW });
    await page.reload();
    await stopped.waitFor({ timeout: SLOW });
    expect(await stopped.textContent()).toMatch(/^The run of superposition-compute was cancelled\./);
    expect(await jobsOf("study")).toHaveLength(1);
    await page.getByRole("button", { name: "run its quick form here" }).click();
    await run.click({ timeout: SLOW });
    await page.locator(".state.job").getByRole("button", { name: "cancel" }).click({ timeout: SLOW });
    await stopped.waitFor({ timeout: SLOW });
    expect(await jobsOf("study")).toHaveLength(2);
    await page.close();
  }, SLOW);
});

it("a head's sheet that the address opened gives the focus to the figure with the head", async () => {
  const page = await views.open(attention("The river rose.", "#component=L3H2"));
  await page.locator(".head-sheet").getByRole("button", { name: /let go/ }).focus({ timeout: SLOW });
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".head-sheet").count()).toBe(0);
  expect(await page.locator("[data-figure=heads]").evaluate(focused)).toBe(true);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.textContent(".tip")).toContain("L3H3");
  await page.close();
}, SLOW);
