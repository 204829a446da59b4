// Measures what a reader of the workbench waits for, in Chromium, and writes it as docs/benchmarks-workbench.md. Run by
// scripts/bench/workbench on a machine that does nothing else.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const ROOT = join(import.meta.dirname, "..");
// The first compiles what the JVM runs, and does not count. The others have 14 tokens.
const WARM_UP = "The Eiffel Tower is located in the city of";
const PROMPT = "When Mary and John went to the store, John gave a drink to";
const PROMPTS = [PROMPT, PROMPT.replace("drink", "book"), PROMPT.replace("store", "park")];
const SLOW = 600_000;
const READS = 3_000; // ms that a reader looks at a whole explanation before the next prompt
const REPEATS = PROMPTS.length;
const CLICKS = 8;

const rows = [];

/** @param {string} what @param {number[]} values @param {string} unit @param {number | null} wanted @param {boolean} atLeast */
function row(what, values, unit, wanted, atLeast = false) {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const isReached = wanted === null || (atLeast ? median >= wanted : median <= wanted);
  rows.push({ what, median, most: atLeast ? sorted[0] : sorted.at(-1), unit, wanted, atLeast, isReached });
  const goal = wanted === null ? "" : `  (${isReached ? "wanted" : "MISSED"}: ${atLeast ? ">=" : "<="} ${wanted})`;
  console.log(`${what.padEnd(62)} ${median.toFixed(0).padStart(7)} ${unit}${goal}`);
}

/** Starts a server in a folder of its own. */
async function serve() {
  const folder = mkdtempSync(join(tmpdir(), "cutaway-speed-"));
  const process = spawn(join(ROOT, "cutaway"), ["serve", "--port", "0", "--folder", folder, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((done, fail) => {
    createInterface({ input: process.stdout }).once("line", (line) => done(JSON.parse(line).address));
    process.once("exit", (code) => fail(new Error(`cutaway serve ended with ${code}`)));
  });
  const stop = async () => {
    const gone = new Promise((done) => process.once("exit", done));
    process.kill("SIGINT");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: address.replace(/\/$/, ""), stop };
}

/** Milliseconds until a selector is there. */
async function until(page, start, selector) {
  await page.waitForSelector(selector, { timeout: SLOW });
  return performance.now() - start;
}

/** Asks for explanations, and returns the page of the last. */
async function lens(browser, address) {
  const times = { page: [], first: [], lens: [], effects: [], sheets: [], carries: [], writes: [], circuit: [], all: [] };
  let page = null;
  for (const prompt of [WARM_UP, ...PROMPTS]) {
    await page?.close();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const opened = performance.now();
    await page.goto(`${address}/`);
    await page.getByLabel("Prompt").fill(prompt);
    times.page.push(performance.now() - opened);
    const asked = performance.now();
    await page.keyboard.press("Enter");
    times.first.push(await until(page, asked, "main header .bars"));
    times.lens.push(await until(page, asked, sheet(1, "svg")));
    times.effects.push(await until(page, asked, sheet(3, "svg")));
    await until(page, asked, sheet(5, "svg"));
    times.sheets.push(await until(page, asked, sheet(6, "svg")));
    times.carries.push(await until(page, asked, sheet(2, "svg", "measured")));
    times.writes.push(await until(page, asked, sheet(3, "svg", "measured")));
    times.circuit.push(await until(page, asked, sheet(4, "svg", "measured")));
    times.all.push(await until(page, asked, "#section-7"));
    await new Promise((done) => setTimeout(done, READS)); // meanwhile the server makes ready what is asked next
  }
  const counted = (name) => times[name].slice(1);
  row("the page can be typed into, after it was asked for", counted("page"), "ms", 1000);
  row("first numbers: tokens and what comes next", counted("first"), "ms", 500);
  row("logit lens", counted("lens"), "ms", null);
  row("map and effects, estimated", counted("effects"), "ms", null);
  row("every sheet, estimated where it is not measured yet", counted("sheets"), "ms", 5000);
  row("patching map, measured", counted("carries"), "ms", null);
  row("attribution beside ablation, measured", counted("writes"), "ms", null);
  row("circuit, searched and measured", counted("circuit"), "ms", null);
  row("the whole explanation, measured", counted("all"), "ms", 5000);
  return page;
}

/** @param {number} number @param {string} part @param {string} standing of the sheet; empty for any */
function sheet(number, part, standing = "") {
  return `section[aria-labelledby=section-${number}]${standing === "" ? "" : `[data-standing=${standing}]`} ${part}`;
}

async function clicks(page) {
  const effects = [];
  const controls = [];
  const components = await page.locator(sheet(3, "tbody tr")).evaluateAll((all) => all.map((one) => one.dataset.row));
  for (const component of components.slice(0, CLICKS)) {
    await page.locator(sheet(3, `tr[data-row="${component}"]`)).click();
    const button = page.getByRole("button", { name: "from the contrast", exact: true });
    const asked = performance.now();
    await button.click();
    effects.push(await until(page, asked, ".found [data-effect]"));
    controls.push(await until(page, asked, '.found:has-text("8 controls")'));
  }
  row("a click to an intervention's effect", effects, "ms", 300);
  row("... and to its 8 controls", controls, "ms", null);
  await page.close();
}

async function attention(browser, address) {
  const words = Array.from({ length: 1000 }, (_, i) => ["the", "old", "cat", "saw", "a", "red", "door"][(i * i) % 7]).join(" ");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${address}/attention?${new URLSearchParams({ prompt: words })}#component=L3H0`);
  await page.waitForSelector(".pattern canvas", { timeout: SLOW });
  await page.waitForSelector("#figure-queries-keys svg", { timeout: SLOW }); // till then the server computes
  row("a pattern of 1,000 tokens, moved", await frames(page, ".pattern canvas"), "frames/s", 30, true);
  await page.close();
}

/** Small maps of all heads over 700 sentences of 14 tokens, and one head's 19,600 points. */
async function joint(browser, address) {
  const words = ["the", "old", "cat", "saw", "a", "red", "door", "and", "his", "dog"];
  const sentence = (line) => Array.from({ length: 14 }, (_, i) => words[(i * i + line * (i + 3)) % words.length]).join(" ");
  const text = Array.from({ length: 700 }, (_, line) => sentence(line)).join("\n");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const asked = performance.now();
  await page.goto(`${address}/attention?${new URLSearchParams({ prompt: text, show: "maps" })}#component=L3H0`);
  row("maps of all heads, 9,800 tokens", [await until(page, asked, "#figure-joint-heads svg")], "ms", 240_000);
  row("... and one of them whole", [await until(page, performance.now(), ".joint canvas")], "ms", null);
  row("its 19,600 points, moved", await frames(page, ".joint canvas"), "frames/s", 30, true);
  await page.close();
}

/** Frames a second while the wheel turns over a canvas. */
async function frames(page, selector) {
  const found = [];
  for (let i = 0; i < REPEATS; i++) {
    found.push(
      await page.evaluate(async (selector) => {
        const canvas = document.querySelector(selector);
        const box = canvas.getBoundingClientRect();
        const start = performance.now();
        let drawn = 0;
        while (performance.now() - start < 2000) {
          const at = { clientX: box.left + 200, clientY: box.top + 200, bubbles: true, cancelable: true };
          canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: drawn % 20 < 10 ? -40 : 40, ...at }));
          await new Promise(requestAnimationFrame);
          drawn++;
        }
        return drawn / 2;
      }, selector),
    );
  }
  return found;
}

function written() {
  const cell = ({ what, median, most, unit, wanted, atLeast, isReached }) =>
    `| ${what} | ${median.toFixed(0)} ${unit} | ${most.toFixed(0)} ${unit} | ${wanted === null ? "" : `${atLeast ? ">=" : "<="} ${wanted}${isReached ? "" : ", missed"}`} |`;
  return `# What a reader of the workbench waits for

Written by \`scripts/bench/workbench\` on ${new Date().toISOString().slice(0, 10)}: Chromium and \`./cutaway serve\` with the default model on one machine, ${cpus()[0].model}, ${cpus().length} cores.
Prompts of 14 tokens that were not asked before, after one that does not count (it also measures the kinds of heads, which are kept); the median of ${REPEATS} (of ${CLICKS} clicks, on the components with the largest effects), and the worst.

| what | median | worst | wanted |
|---|---|---|---|
${rows.map(cell).join("\n")}
`;
}

const browser = await chromium.launch({
  executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const server = await serve();
try {
  await clicks(await lens(browser, server.address));
  await attention(browser, server.address);
  await joint(browser, server.address);
} finally {
  await browser.close();
  await server.stop();
}
writeFileSync(join(ROOT, "docs", "benchmarks-workbench.md"), written());
