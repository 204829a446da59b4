import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { Explanation, HeadKinds } from "../src/record/explanation";
import type { About, ContextGrown, Entry, FitMoved, Job, JobList, JointHead, JointOverview, MissedShown, ProbesRead, SignsRead, ThingChanged, ToysTrained } from "../src/record/routes";
import { number, signed } from "../src/record/words";
import { ofShorts } from "../src/workbench/attention/packed";
import { following } from "../src/workbench/lens/probes";
import { saved, serious } from "./pages";
import { Opened } from "./workbench";

const PROMPT = "When Mary and John went to the store, John gave a drink to";
const LENS = `/lens?${new URLSearchParams({ prompt: PROMPT })}`;
const SLOW = 400_000;

/** The last sheet of an explanation: it is there when nothing is still to come. */
const WHOLE = "#section-7";

const opened = Opened.forTests("workbench", SLOW);
const { views } = opened;

/** The lens with the whole explanation on it. */
async function explained(hash = ""): Promise<Page> {
  const page = await views.open(LENS + hash);
  await page.waitForSelector(WHOLE, { timeout: SLOW });
  return page;
}

async function explanation(): Promise<Explanation> {
  const { jobs } = await opened.running.ask<JobList>("/api/jobs");
  const job = jobs.find((one) => one.kind === "explain" && one.state === "DONE")!;
  return opened.running.ask<Explanation>(`/api/results/explain/${job.id}`);
}

describe("the lens", () => {
  it("begins with a question, and answers it before the causes are known", async () => {
    const page = await views.open("/");
    await page.getByLabel("Prompt").fill(PROMPT);
    await page.keyboard.press("Enter");
    await page.waitForSelector("main header .bars", { timeout: SLOW });
    expect(await page.textContent("main h1")).toContain("Mary");
    expect(page.url()).toContain("/lens?");
    await page.waitForSelector('section[aria-labelledby=section-4][data-standing="estimated"] svg', { timeout: SLOW });
    expect(await page.textContent("section[aria-labelledby=section-3]")).toContain("Estimated, to first order, from gradients.");
    await page.waitForSelector(WHOLE, { timeout: SLOW });
    expect(await page.locator('[data-standing="estimated"]').count()).toBe(0);
    expect(await page.textContent(".verdict")).toMatch(/\d+ of 300 components/);
    await page.close();
  }, SLOW);

  it("takes a head away, and says what the library measured for the same edit", async () => {
    const page = await explained();
    const record = await explanation();
    const head = record.attribution.components
      .filter((effect) => effect.component.startsWith("L"))
      .sort((a, b) => Math.abs(b.ablation) - Math.abs(a.ablation))[0]!;
    await page.locator(`tr[data-row="${head.component}"]`).first().click();
    await page.getByRole("button", { name: "from the contrast", exact: true }).click();
    const found = page.locator(".found [data-effect]");
    await found.waitFor({ timeout: SLOW });
    const effect = Number(await found.getAttribute("data-effect"));
    expect(Math.abs(effect + head.ablation)).toBeLessThan(2e-3 * Math.max(1, Math.abs(head.ablation)));
    expect(await found.textContent()).toContain(signed(effect, 3));
    await expect.poll(() => page.textContent(".found"), { timeout: SLOW }).toContain("8 controls");
    await page.close();
  }, SLOW);

  it("is shared by its address, with what is chosen and what is done there", async () => {
    const page = await explained("#component=L20H0&act=zero");
    await page.waitForSelector('.inspector strong:has-text("L20H0")');
    const found = page.locator(".found [data-effect]");
    const effect = await found.getAttribute("data-effect", { timeout: SLOW });
    await page.reload();
    await page.waitForSelector('.inspector strong:has-text("L20H0")', { timeout: SLOW });
    await expect.poll(() => found.getAttribute("data-effect"), { timeout: SLOW }).toBe(effect);
    await page.close();
  }, SLOW);

  it("keeps the question of an open panel, and what is typed there, when the explanation arrives", async () => {
    const page = await views.open(`/lens?${new URLSearchParams({ prompt: "The capital of Italy is the city of" })}#component=MLP0`);
    await page.getByRole("button", { name: "zero", exact: true }).click({ timeout: SLOW });
    const found = page.locator(".found [data-effect]");
    const effect = await found.getAttribute("data-effect", { timeout: SLOW });
    const margin = page.getByRole("group", { name: "What is measured" }).getByRole("button").nth(1);
    expect(await margin.isDisabled()).toBe(true);
    await page.getByLabel("Claim").fill("What I typed", { timeout: SLOW });
    await page.waitForSelector(WHOLE, { timeout: SLOW });
    expect(await found.getAttribute("data-effect")).toBe(effect);
    expect(await page.textContent(".found p")).toContain("log p(");
    expect(await page.getByLabel("Claim").inputValue()).toBe("What I typed");
    await margin.click();
    await expect.poll(() => page.textContent(".found p"), { timeout: SLOW }).toMatch(/logit\(.*− logit\(/);
    expect(new URL(page.url()).hash).toContain("metric=margin");
    await page.close();
  }, SLOW);

  it("does nothing to an MLP where a neuron is named that is none", async () => {
    const page = await explained("#component=MLP0");
    await page.getByLabel("neuron").fill("abc");
    expect(await page.getByRole("alert").textContent()).toMatch(/A neuron is a number/);
    expect(await page.getByRole("button", { name: "zero", exact: true }).isDisabled()).toBe(true);
    await page.close();
  }, SLOW);

  it("moves a token along a curve and over a probe that are kept, and says what the server measured", async () => {
    for (const [verb, into, args] of [
      ["geometry", "fits/numbers", ["fit", "docs/examples/numbers.jsonl", "--sites", "resid_post[10]", "--features", "fourier:10,100"]],
      ["probe", "probes/topic", ["fit", "docs/examples/topics.jsonl", "--kind", "logistic", "--sites", "resid_post[15]"]],
    ] as const) {
      const out = join(opened.folder, `${into}.safetensors`);
      mkdirSync(dirname(out), { recursive: true });
      execFileSync("../cutaway", [verb, ...args.map((one) => (one.startsWith("docs/") ? `../${one}` : one)), "--out", out], { stdio: "ignore" });
    }
    const page = await explained("#pos=9");
    const at = { prompt: PROMPT, position: 9 };
    await page.getByText(/along a curve of numbers/).click();
    await page.getByRole("slider", { name: /numbers/ }).focus({ timeout: SLOW });
    await page.keyboard.press("Home");
    await page.keyboard.press("PageUp");
    await page.waitForSelector(".mover .found .bars", { timeout: SLOW });
    const label = Number(await page.getByRole("slider", { name: /numbers/ }).getAttribute("aria-valuenow"));
    const moved = await opened.running.ask<FitMoved>("/api/fits/move", { ...at, fit: "numbers", label });
    await expect.poll(() => page.textContent(".mover .found")).toContain(`To ${label},`);
    const shown = await page.locator(".mover .found .pair > div").nth(1).textContent();
    for (const next of moved.after.slice(0, 5)) expect(shown).toContain(number(next.probability));

    await page.getByText(/^What stored probes read at/).click();
    const { probes } = await opened.running.ask<ProbesRead>("/api/probes", at);
    const [probe] = probes;
    const thing = page.locator(".probe .things button").first();
    expect(await thing.textContent({ timeout: SLOW })).toContain(probe!.things[0]!.read);
    await thing.click();
    const rows = page.locator(".probe tbody tr");
    await rows.first().waitFor({ timeout: SLOW });
    const to = following(probe!.classes, probe!.things[0]!.read, null);
    const changed = await opened.running.ask<ThingChanged>("/api/probes/change", { ...at, probe: "topic", to, seed: 0 });
    expect(new URL(page.url()).hash).toContain(`paint=topic,,${to}`);
    expect(await rows.count()).toBe(changed.next.length);
    expect(await rows.first().locator("td").allTextContents()).toEqual(
      [changed.next[0]!.before, changed.next[0]!.after, changed.next[0]!.random].map((share) => number(share)),
    );
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);

  it("asks anew where a token is edited, and shows what it was before", async () => {
    const page = await explained("#pos=9");
    await page.getByLabel("token 9").fill(" Mary");
    await page.getByRole("button", { name: "edit it" }).click();
    await page.waitForSelector("text=Next, before the edit", { timeout: SLOW });
    expect(new URL(page.url()).searchParams.get("prompt")).toBe("When Mary and John went to the store, Mary gave a drink to");
    await page.getByRole("button", { name: "cancel" }).click({ timeout: SLOW }); // the next tests have use for the cores
    await page.close();
  }, SLOW);

  it("says in a sentence what cannot be answered", async () => {
    const page = await views.open(`/lens?${new URLSearchParams({ prompt: "x", answer: " not one token" })}`);
    const alert = page.getByRole("alert");
    await alert.waitFor({ timeout: SLOW });
    expect(await alert.textContent()).toMatch(/is not one token of this model/);
    await page.close();
  }, SLOW);
});

describe("a claim", () => {
  it("takes along what was seen, and cannot be called supported before more is measured", async () => {
    const page = await explained("#component=MLP0");
    await page.getByRole("button", { name: "from the contrast", exact: true }).click();
    await page.getByRole("button", { name: "record as a claim" }).click();
    const seen = await page.locator(".found svg[role=img]").first().getAttribute("aria-label");
    expect(seen!.split("controls ")[1]!.split(", ").length).toBe(8);
    await page.getByRole("link", { name: /its effect and 8 controls measured anew/ }).click();
    await page.waitForSelector(".claim");
    expect(await page.locator(".claim dd svg").first().getAttribute("aria-label")).toBe(seen);
    expect(await page.textContent(".claim")).toContain("missing: held-out data, interval, scope");
    expect(await page.getByRole("button", { name: "call it supported" }).isDisabled()).toBe(true);
    await page.close();
  }, SLOW);

  it("lacks its control until it is measured", async () => {
    const { id } = await opened.running.ask<Entry>("/api/claims", {
      says: "MLP 0 carries it",
      prompt: { prompt: PROMPT },
      inContrast: false,
      edits: [{ op: "zero", site: "blocks.0.hook_mlp_out" }],
      metric: { metric: "loss" },
    });
    const page = await views.open(`/ledger?claim=${id}`);
    const support = page.getByRole("button", { name: "call it supported" });
    expect(await support.isDisabled()).toBe(true);
    expect(await page.textContent(".claim")).toContain("missing: control, held-out data, seeds, interval, scope");
    await page.getByRole("button", { name: "measure the control" }).click();
    await page.waitForSelector(".claim dd svg", { timeout: SLOW });
    await page.waitForSelector("text='missing: held-out data, interval, scope'", { timeout: SLOW });
    expect(await support.isDisabled()).toBe(true);
    expect(await support.getAttribute("title")).toBe("it lacks held-out data, interval, scope");
    const script = await saved(page, page.getByRole("button", { name: "script that reruns them" }));
    expect(script.bytes.toString()).toContain("ledger rerun");
    const claims = await saved(page, page.getByRole("button", { name: "claims (JSON)" }));
    expect(JSON.parse(claims.bytes.toString().split("\n")[0]!)).toMatchObject({ says: "MLP 0 carries it" }); // the newest first
    await page.close();
  }, SLOW);
});

describe("long works", () => {
  const other = (number: number) => `/lens?${new URLSearchParams({ prompt: `${number}. The capital of France is` })}`;

  it("are cancelled from the page", async () => {
    const page = await views.open(other(1));
    await page.getByRole("button", { name: "cancel" }).click({ timeout: SLOW });
    await expect.poll(() => page.locator(".state.cancelled").textContent(), { timeout: SLOW }).toMatch(/^The explanation was cancelled\./);
    await page.close();
  }, SLOW);

  it("are listed in a corner of every view, by the keyboard too, and cancelled there", async () => {
    const page = await views.open("/ledger");
    const { models } = await opened.running.ask<About>("/api/about");
    const asked = { model: models.find(({ usual }) => usual)!.name, prompt: "3. The capital of France is", contrast: "", answer: "", against: "", seed: 0 };
    const { id } = await opened.running.ask<Job>("/api/jobs/explain", asked);
    await page.getByRole("button", { name: /^Jobs/ }).focus();
    await page.keyboard.press("Enter");
    const row = page.locator(".jobs li", { hasText: asked.prompt });
    await row.waitFor({ timeout: SLOW });
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press("Tab"); // to its link
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await opened.running.ask<Job>(`/api/jobs/${id}`)).state, { timeout: SLOW }).toBe("CANCELLED");
    await expect.poll(() => row.textContent()).toMatch(/cancelled/);
    await page.keyboard.press("Escape");
    expect(await page.locator(".jobs").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement!.textContent)).toMatch(/^Jobs/);
    await page.close();
  }, SLOW);

  it("go on when the server is killed during one and started again", async () => {
    const page = await views.open(other(2));
    await page.waitForSelector('.state.job[data-state="RUNNING"]', { timeout: SLOW });
    const { jobs } = await opened.running.ask<JobList>("/api/jobs");
    await opened.restart();
    await page.waitForSelector(WHOLE, { timeout: SLOW });
    const job = await opened.running.ask<Job>(`/api/jobs/${jobs[0]!.id}`);
    expect(job).toMatchObject({ state: "DONE", starts: 2 });
    await page.close();
  }, SLOW);
});

describe("attention", () => {
  it("shows every head, the kinds, one pattern whole, and the text without the head", async () => {
    const page = await views.open(`/attention?${new URLSearchParams({ prompt: PROMPT })}#component=L3H0`);
    await page.waitForSelector(".pattern canvas", { timeout: SLOW });
    await page.getByRole("button", { name: /^induction \d+$/ }).click({ timeout: SLOW });
    expect(await page.locator('[data-figure="heads"] rect.line').count()).toBeGreaterThan(3);
    await page.waitForSelector("#figure-queries-keys svg", { timeout: SLOW });
    await page.getByRole("button", { name: "zero", exact: true }).click();
    await expect.poll(() => new URL(page.url()).hash).toContain("act=zero");
    await page.waitForSelector(".found [data-effect]", { timeout: SLOW });
    await page.close();
  }, SLOW);

  it("moves a pattern of a thousand tokens at thirty frames a second", async () => {
    const words = Array.from({ length: 1000 }, (_, i) => ["the", "old", "cat", "saw", "a", "red", "door"][(i * i) % 7]).join(" ");
    const page = await views.open(`/attention?${new URLSearchParams({ prompt: words })}#component=L3H0`);
    await page.waitForSelector(".pattern canvas", { timeout: SLOW });
    const frames = await page.evaluate(async () => {
      const canvas = document.querySelector<HTMLCanvasElement>(".pattern canvas")!;
      const box = canvas.getBoundingClientRect();
      const start = performance.now();
      let drawn = 0;
      while (performance.now() - start < 1500) {
        canvas.dispatchEvent(
          new WheelEvent("wheel", { deltaY: drawn % 20 < 10 ? -40 : 40, clientX: box.left + 200, clientY: box.top + 200, bubbles: true, cancelable: true }),
        );
        await new Promise(requestAnimationFrame);
        drawn++;
      }
      return drawn / 1.5;
    });
    console.log(`a pattern of 1,000 tokens: ${frames.toFixed(0)} frames a second`);
    expect(frames).toBeGreaterThan(1); // what is asked is measured by scripts/bench/workbench, on a machine that does nothing else
    await page.close();
  }, SLOW);
});

describe("queries and keys of many sentences", () => {
  const SENTENCES = ["The dogs ran to the river.", "Two dogs slept, and the old cat watched the dogs.", "She fed the cat and went home.", "The river was cold, so the dogs stayed dry."];
  const of = { prompt: SENTENCES.join("\n"), show: "maps", find: "dogs" };

  /** The head that is most and least of a kind. */
  const extremes = async (kind: string) => {
    const { kinds } = await opened.running.ask<HeadKinds>("/api/kinds", {});
    const all = kinds.find(({ name }) => name === kind)!.score.flatMap((heads, layer) => heads.map((score, head) => ({ score, layer, head })));
    all.sort((a, b) => b.score - a.score);
    return [all[0]!, all.at(-1)!] as const;
  };

  it("shows a previous-token head, marks what a search finds, and opens a sentence", async () => {
    const [most, least] = await extremes("previous token");
    const page = await views.open(`/attention?${new URLSearchParams(of)}#component=L${most.layer}H${most.head}`);
    await page.waitForSelector(".joint canvas[data-marked]", { timeout: SLOW });
    const { jobs } = await opened.running.ask<JobList>("/api/jobs");
    const overview = await opened.running.ask<JointOverview>(`/api/results/joint/${jobs.find(({ kind }) => kind === "joint")!.id}`);
    const tokens = overview.texts.flat().filter(({ text }) => text.trim() === "dogs").length;
    expect(tokens).toBe(4);
    expect(await page.getAttribute(".joint canvas", "data-marked")).toBe(String(2 * tokens));
    // what the mean over the sentences shows is what kind of head it is
    const back = async ({ layer, head }: { layer: number; head: number }) => {
      const found = await opened.running.ask<JointHead>("/api/joint/head", { text: of.prompt, split: "LINES", layer, head, layout: "PCA", seed: 0 });
      const mean = ofShorts(found.mean);
      return Array.from({ length: found.span - 1 }, (_, i) => mean[(i + 1) * found.span + i]! / 65535 / (found.span - 1)).reduce((a, b) => a + b);
    };
    expect(await back(most)).toBeGreaterThan(0.3 + (await back(least)));
    await page.locator(".joint canvas").focus();
    await page.keyboard.press("n");
    expect(await page.textContent(".tip")).toContain("query of ·dogs");
    await page.keyboard.press("Enter");
    await page.waitForSelector("svg.lines line", { timeout: SLOW, state: "attached" }); // a level line has no height
    expect(new URL(page.url()).searchParams.get("sentence")).toBe("1");
    await page.getByRole("button", { name: "UMAP" }).click();
    await page.waitForSelector(".joint canvas[data-marked]", { timeout: SLOW });
    await page.close();
  }, SLOW);
});

describe("features", () => {
  it("are found by a prompt, opened, and shared by their address", async () => {
    const of = { dictionary: "smollm2-135m-instruct/resid-15", prompt: "The capital of France is the city of" };
    const page = await views.open(`/features?${new URLSearchParams(of)}`);
    const first = page.locator("table td button").first();
    await first.waitFor({ timeout: SLOW });
    const feature = await first.textContent();
    await first.click();
    await expect.poll(() => new URL(page.url()).searchParams.get("feature")).toBe(feature);
    await page.waitForSelector(".feature h3", { timeout: SLOW });
    await page.reload();
    await page.waitForSelector(".feature h3", { timeout: SLOW });
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);
});

describe("what a dictionary misses", () => {
  it("is drawn for each token as the server has it, and leads to features", async () => {
    const of = { dictionary: "smollm2-135m-instruct/resid-15", prompt: "The capital of France is the city of" };
    const told = await opened.running.ask<MissedShown>("/api/features/missed", of);
    const page = await views.open(`/features?${new URLSearchParams(of)}`);
    const figure = page.locator("svg[data-figure=missed]");
    await figure.waitFor({ timeout: SLOW });
    const read = told.missed.filter((token) => token.read);
    expect(read.length).toBe(told.tokens.length - 1); // the first is a sink
    const high = async (part: string) =>
      figure.locator(`rect[data-part=${part}]`).evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("height"))));
    const missed = await high("missed");
    const errors = await high("error");
    const most = Math.max(...read.map((token) => token.error));
    const full = Math.max(...errors);
    expect(missed).toHaveLength(read.length);
    read.forEach((token, i) => {
      expect(missed[i]! / full).toBeCloseTo(Math.min(1, 1 - token.explained!), 6);
      expect(errors[i]! / full).toBeCloseTo(token.error / most, 6);
    });
    await figure.focus();
    await page.keyboard.press("ArrowRight"); // shows the cursor, at the first token
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).searchParams.get("feature")).toBe(String(told.missed[1]!.features[0]));
    await page.close();
  }, SLOW);
});

describe("feature pages", () => {
  it("are made from a text that is typed, and show a feature's examples", async () => {
    const page = await views.open(`/features?${new URLSearchParams({ dictionary: "smollm2-135m-instruct/resid-15" })}`);
    await page.fill("input[name=pages]", "towers");
    await page.fill("textarea[name=corpus]", `${PROMPT} Paris, and Big Ben stands in London. `.repeat(8));
    await page.getByRole("button", { name: "make pages" }).click();
    await page.getByRole("button", { name: "use them" }).click({ timeout: SLOW });
    await page.fill("input[name=feature]", "315");
    await page.getByRole("button", { name: "open" }).click();
    await page.waitForSelector(".corpus h4", { timeout: SLOW });
    expect(await page.textContent(".corpus h4")).toContain("towers.txt");
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);
});

describe("studies", () => {
  it("list every study, and run a quick form that can be watched", async () => {
    const page = await views.open("/studies");
    await page.getByRole("button", { name: "superposition-compute" }).click();
    await page.getByRole("button", { name: "run its quick form here" }).click();
    await page.waitForSelector(".plan table", { timeout: SLOW });
    expect(await page.textContent(".plan")).toContain("control, which must lose");
    await page.getByLabel("trials", { exact: true }).fill("120");
    await page.getByRole("button", { name: "run it", exact: true }).click();
    await page.waitForSelector("main.study table", { timeout: SLOW });
    expect(await page.textContent("main.study")).toContain("neurons");
    expect(await page.textContent(".repeat")).toContain("--set trials=120"); // what was changed was run
    expect(new URL(page.url()).searchParams.get("set")).toBe("trials=120");
    await page.goto(`${opened.running.address}/studies?study=superposition-compute`); // opened again
    await page.waitForSelector("main.study table", { timeout: SLOW });
    expect(await page.textContent(".repeat")).toContain("--set trials=120");
    await page.getByRole("button", { name: "the result that is kept" }).click();
    await expect.poll(() => page.textContent(".repeat")).not.toContain("--set trials=120");
    await page.close();
  }, SLOW);

  it("say what a link names in vain, and what is wrong with a plan", async () => {
    const page = await views.open("/studies?study=nope");
    const said = async () => page.getByRole("alert").first().textContent({ timeout: SLOW });
    expect(await said()).toMatch(/^The link names study nope, which is not there/);
    await page.goto(`${opened.running.address}/studies?study=superposition-compute&run=0-0`);
    expect(await said()).toMatch(/^The link names run 0-0, which is not there.*below is the result that is kept\.$/);
    await page.goto(`${opened.running.address}/studies?study=superposition-compute&run=plan`);
    await page.getByLabel("seeds", { exact: true }).fill("-5");
    expect(await said()).toBe("Seeds must be a whole number from 1 to 10; -5 is none.");
    expect(await page.getByRole("button", { name: "run it", exact: true }).isDisabled()).toBe(true);
    await page.close();
  }, SLOW);
});

describe("the lab", () => {
  it("trains toys, and moves between them by the keyboard", async () => {
    const page = await views.open("/lab");
    await page.fill("input[name=features]", "4");
    await page.fill("input[name=steps]", "300");
    await page.getByRole("button", { name: "train them" }).click();
    await page.waitForSelector("[data-figure=toy-directions]", { timeout: SLOW });
    const { jobs } = await opened.running.ask<JobList>("/api/jobs");
    const found = await opened.running.ask<ToysTrained>(`/api/results/toys/${jobs.find((one) => one.kind === "toys")!.id}`);
    const norms = () => page.locator(".lab tbody td:nth-child(3)").allTextContents();
    const shown = (toy: number, moment: number) => found.toys[toy]!.moments.at(moment)!.norms.map((norm) => norm.toFixed(3));
    await page.getByLabel("sparsity", { exact: true }).press("End");
    expect(await norms()).toEqual(shown(20, -1));
    await page.getByLabel("sparsity", { exact: true }).press("ArrowLeft");
    await page.getByLabel("training", { exact: true }).press("Home");
    expect(await norms()).toEqual(shown(19, 0));
    await expect.poll(() => new URL(page.url()).search).toMatch(/density=0.013&step=0|step=0&density=0.013/);
    await page.reload();
    await page.waitForSelector("[data-figure=toy-directions]", { timeout: SLOW });
    expect(await norms()).toEqual(shown(19, 0));
    await page.getByRole("button", { name: "Play training" }).click();
    await expect.poll(norms, { timeout: SLOW }).toEqual(shown(19, -1));
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);
});

describe("the lab, of a model", () => {
  const resultOf = async <T>(kind: string) => {
    const { jobs } = await opened.running.ask<JobList>("/api/jobs");
    return opened.running.ask<T>(`/api/results/${kind}/${jobs.find((one) => one.kind === kind)!.id}`);
  };

  it("replays where a graph's words stand as the context grows", async () => {
    const page = await views.open("/lab?experiment=context");
    await page.fill("input[name=longest]", "60");
    await page.fill("input[name=walks]", "2");
    await page.getByRole("button", { name: "walk on it" }).click();
    await page.waitForSelector("[data-figure=context-places]", { timeout: SLOW });
    const found = await resultOf<ContextGrown>("context");
    const energy = async () => Number(await page.getAttribute("[data-energy]", "data-energy"));
    const of = (layer: number, length: number) => found.moments.find((one) => one.layer === layer && one.length === length)!;
    expect(await energy()).toBe(of(29, 60).energy);
    expect(await page.locator("[data-figure=context-places] circle").count()).toBe(of(29, 60).places.filter((place) => place.length === 2).length);
    await page.getByLabel("Layer", { exact: true }).selectOption("14");
    await page.getByLabel("context", { exact: true }).press("Home");
    expect(await energy()).toBe(of(14, 20).energy);
    await expect.poll(() => new URL(page.url()).search).toContain("length=20");
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);

  it("reads the signs of a layer that the lens leads to", async () => {
    const page = await views.open(`${LENS}#component=MLP2`);
    await page.getByRole("link", { name: "its sign codes" }).click({ timeout: SLOW });
    await page.fill("input[name=permutations]", "9");
    await page.getByRole("button", { name: "read signs" }).click();
    await page.waitForSelector("[data-figure=sign-matrix]", { timeout: SLOW });
    const found = await resultOf<SignsRead>("signs");
    expect(found.layer).toBe(2);
    expect(await page.textContent(".verdict")).toContain(found.structure.toFixed(2));
    expect(await page.textContent("main .capacity")).toContain(found.capacity);
    await page.focus("[data-figure=sign-matrix]");
    await page.keyboard.press("ArrowDown");
    expect(await page.textContent(".tip b")).toBe(`neuron ${found.matrix.neurons[0]}, input ${found.matrix.inputs[0]}`);
    expect(await page.textContent(".tip dd")).toBe({ "+": "plus", "-": "minus", ".": "none" }[found.matrix.signs[0]![0]!]);
    expect(await serious(page)).toEqual([]);
    await page.close();
  }, SLOW);
});

describe("every view", () => {
  const paths = ["/", LENS, `/attention?${new URLSearchParams({ prompt: PROMPT })}#component=L3H0`, "/features", "/studies", "/studies?study=toy-superposition&run=plan", "/lab", "/ledger"];

  for (const scheme of ["light", "dark"] as const) {
    it(`can be read by everyone, ${scheme}`, async () => {
      for (const path of paths) {
        const page = await views.open(path, scheme);
        await page.waitForSelector("main", { timeout: SLOW });
        if (path === LENS) await page.waitForSelector(WHOLE, { timeout: SLOW });
        if (path.startsWith("/attention")) await page.waitForSelector("#figure-queries-keys svg", { timeout: SLOW });
        expect(await serious(page), path).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(1280);
        await page.close();
      }
    }, SLOW);
  }

  it("fits a tablet", async () => {
    for (const path of paths) {
      const page = await views.open(path, "light", 820);
      await page.waitForSelector("main", { timeout: SLOW });
      if (path === LENS) await page.waitForSelector(WHOLE, { timeout: SLOW });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(820);
      await page.close();
    }
  }, SLOW);
});
