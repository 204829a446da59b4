// Takes what `cutaway study run ID --out FOLDER` wrote into the documents: the record, the picture of its first figure,
// and the table of docs/studies.md. Run by scripts/study-results.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import ts from "typescript";

const source = readFileSync(new URL("src/record/medianInterval.ts", import.meta.url), "utf8"); // as the page has it
const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
const { medianInterval } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

const VERDICTS = {
  REPRODUCED: "reproduced",
  PARTLY: "partly",
  NOT_REPRODUCED: "not reproduced at this scale",
  INSTRUMENT_FAILED: "the instrument failed",
};
const BEGIN = "<!-- results: written by scripts/study-results -->";
const END = "<!-- end of results -->";

const [documents, ...folders] = process.argv.slice(2).map((path) => resolve(path));
const kept = join(documents, "studies");

async function take() {
  const browser = await chromium.launch({
    executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const page = await browser.newPage({ viewport: { width: 900, height: 900 }, deviceScaleFactor: 1.5 });
  for (const folder of folders) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const id = basename(file, ".json");
      const record = JSON.parse(readFileSync(join(folder, file), "utf8"));
      record.command = record.command.replace(/ --out (?:'[^']*'|\S+)/, ""); // a folder of who ran it
      writeFileSync(join(kept, file), `${JSON.stringify(record)}\n`);
      await page.goto(pathToFileURL(join(folder, `${id}.html`)).href);
      await page.locator("figure svg").first().waitFor();
      await page.addStyleTag({ content: "figure button { display: none }" }); // what saves the figure
      await page.locator("figure").first().screenshot({ path: join(kept, `${id}.png`) });
    }
  }
  await browser.close();
}

const short = (value) => (Number.isInteger(value) ? String(value) : String(Number(Number(value).toPrecision(3))));
const cell = (text) => String(text).replaceAll("|", "\\|");

/** In brackets where there is one; kept records from before they held intervals have the seeds' values. */
function interval(bar) {
  const ends = bar.interval === undefined ? medianInterval(bar.ours) : bar.interval;
  return ends === null ? "" : ` [${short(ends.low)}, ${short(ends.high)}]`;
}

function row(name) {
  const { card, table, verdict, date, seeds, seconds, size } = JSON.parse(readFileSync(join(kept, name), "utf8"));
  const met = table.filter((line) => line.isMet).length;
  const missed = table
    .filter((line) => !line.isMet)
    .map((line) => `${line.bar.what}: ${short(line.median)}${interval(line.bar)} (${line.controlLost ? line.bar.goal : "the control does not lose"})`)
    .join("; ");
  const picture = existsSync(join(kept, `${card.id}.png`)) ? `![${card.title}](studies/${card.id}.png)` : "";
  const when = `${date.slice(0, 10)}, ${String(size).toLowerCase()}, ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${Math.round(seconds)} s`;
  const cells = [`[${card.id}](studies/${card.id}.json)`, VERDICTS[verdict] ?? verdict, `${met} of ${table.length}`,
    missed || "none", when, picture];
  return `| ${cells.map(cell).join(" | ")} |`;
}

if (folders.length > 0) {
  await take();
}
const rows = readdirSync(kept).filter((name) => name.endsWith(".json")).sort().map(row);
const path = join(documents, "studies.md");
const [before, rest] = readFileSync(path, "utf8").split(BEGIN);
const header = ["| study | verdict | bars met | missed: ours [95 %] (bar) | run | first figure |", "|---|---|---|---|---|---|"];
writeFileSync(path, [before + BEGIN, "", ...header, ...rows, "", END + rest.split(END)[1]].join("\n"));
