import { describe, expect, it } from "vitest";
import type { Locator, Page } from "playwright-core";
import { RUNS, type Run } from "../src/workbench/runs";
import { Opened } from "./workbench";

const PROMPT = "When Mary and John went to the store, John gave a drink to";
const SLOW = 400_000;

const opened = Opened.forTests("checklist", SLOW);
const { views } = opened;

/** The three parts of a dialog, as they are shown. */
async function brief(page: Page, run: Run): Promise<Locator> {
  const shown = page.locator(`.brief[data-run=${run}]`).first();
  await shown.waitFor({ timeout: SLOW });
  await shown.locator("summary").click();
  expect(await shown.locator("[data-part=spec]").innerText()).toMatch(/covers[\s\S]+does not cover[\s\S]+/);
  const process = await shown.locator("[data-part=process]").innerText();
  for (const part of ["sites", "data", "controls", "cost"]) expect(process, run).toContain(part);
  const held = await shown.locator("[data-part=evaluation]").innerText();
  for (const words of [RUNS[run].checks, RUNS[run].controls, RUNS[run].counter]) expect(held).toContain(words);
  return shown;
}

async function configuration(shown: Locator): Promise<string> {
  return (await shown.locator("[data-configuration]").textContent())!;
}

/** Changes a field of the process; the configuration is another one, and with the field as it was the same again. */
async function changes(shown: Locator, field: Locator, to: string): Promise<void> {
  const before = await configuration(shown);
  const was = await field.inputValue();
  expect(before).toMatch(/^[0-9a-f]{13}$/);
  await field.fill(to);
  await expect.poll(() => configuration(shown)).not.toBe(before);
  expect(await configuration(shown)).toMatch(/^[0-9a-f]{13}$/);
  await field.fill(was);
  await expect.poll(() => configuration(shown)).toBe(before);
}

describe("every run dialog has a specification, a process that can be changed, and an evaluation", () => {
  it("studies, whose result has a control", async () => {
    const page = await views.open("/studies?study=superposition-compute&run=plan");
    const shown = await brief(page, "study");
    await changes(shown, page.getByLabel("trials", { exact: true }), "120");
    await page.getByLabel("trials", { exact: true }).fill("120");
    const planned = await configuration(shown);
    await page.getByRole("button", { name: "run it", exact: true }).click();
    await page.waitForSelector("main.study table", { timeout: SLOW });
    expect(await configuration(page.locator(".brief[data-run=study]").first())).toBe(planned);
    expect(await page.textContent("main.study")).toMatch(/control/);
    await page.close();
  }, SLOW);

  for (const [run, path, field, to] of [
    ["toys", "/lab?experiment=toys", "input[name=seed]", "1"],
    ["context", "/lab?experiment=context", "input[name=walks]", "3"],
    ["signs", "/lab?experiment=signs", "input[name=permutations]", "9"],
  ] as const)
    it(`the lab's ${run}`, async () => {
      const page = await views.open(path);
      await changes(await brief(page, run), page.locator(field), to);
      await page.close();
    }, SLOW);

  it("explanations, before and after they are asked for", async () => {
    const page = await views.open("/lens");
    const shown = await brief(page, "explain");
    expect(await shown.locator("[data-configuration]").count()).toBe(0); // nothing is asked yet
    await page.getByLabel("Prompt", { exact: true }).fill(PROMPT);
    await page.getByText("set against another prompt or token").click();
    await changes(shown, page.getByLabel("Answer", { exact: true }), " John");
    const planned = await configuration(shown);
    await page.getByRole("button", { name: "take apart" }).click();
    await page.waitForSelector("main.sheet", { timeout: SLOW });
    expect(await configuration(shown)).toBe(planned);
    await page.close();
  }, SLOW);

  it("datapoints, whose values are the process", async () => {
    const page = await views.open("/data");
    await page.getByRole("button", { name: /planted bias/ }).click();
    await page.getByLabel("a net learns").selectOption("approved", { timeout: SLOW });
    await page.getByRole("button", { name: "score the rows" }).click();
    await page.getByLabel("row", { exact: true }).fill("7", { timeout: SLOW });
    const shown = await brief(page, "point");
    await changes(shown, page.getByLabel("income", { exact: true }), "77");
    await page.close();
  }, SLOW);

  it("interventions, whose result has controls: as many as are asked for", async () => {
    const page = await views.open(`/lens?${new URLSearchParams({ prompt: PROMPT })}#component=L23H3`);
    const group = page.getByRole("group", { name: "Intervene", exact: true });
    await group.getByRole("button", { name: "zero", exact: true }).click({ timeout: SLOW });
    const shown = await brief(page, "intervene");
    await page.waitForSelector(".found[data-stale=false] >> text=/8 controls/", { timeout: SLOW });
    const before = await configuration(shown);
    await shown.getByLabel(/^controls/).fill("5");
    await expect.poll(() => configuration(shown)).not.toBe(before);
    await page.waitForSelector(".found[data-stale=false] >> text=/5 controls/", { timeout: SLOW });
    await page.close();
  }, SLOW);
});
