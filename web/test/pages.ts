import axe from "axe-core";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

/** The folders in a variable that scripts/browser-tests sets. */
export function folders(variable: string): string[] {
  const found = (process.env[variable] ?? "").split(":").filter((folder) => folder !== "");
  if (found.length === 0) throw new Error(`${variable} names no folder; run scripts/browser-tests`);
  return found;
}

/** Opens pages, and keeps what they asked a network for and what they complained about. */
export class Pages {
  readonly asked: string[] = [];
  readonly problems: string[] = [];

  constructor(
    private readonly browser: () => Browser,
    private readonly file: string,
  ) {}

  /** The page from disk, with every way to a network closed. */
  async open(hash = "", scheme: "light" | "dark" = "light", file = this.file, width = 1280, height = 800): Promise<Page> {
    const context = await this.browser().newContext({
      viewport: { width, height },
      colorScheme: scheme,
      acceptDownloads: true,
      offline: true,
    });
    const page = await context.newPage();
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) this.asked.push(request.url());
    });
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    await page.goto(`file://${file}${hash}`);
    await drawn(page);
    return page;
  }
}

/** Waits until every sheet is drawn; the first one is there before. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForSelector('main[aria-busy="false"]');
}

const RECORD = '<script id="record" type="application/json">';

/** Writes the page again with another record in it. */
export function withRecord(page: string, record: unknown, file: string): void {
  const text = readFileSync(page, "utf8");
  const from = text.indexOf(RECORD) + RECORD.length;
  const json = JSON.stringify(record).replaceAll("<", "\\u003c");
  writeFileSync(file, text.slice(0, from) + json + text.slice(text.indexOf("</script>", from)));
}

/** The record in a page. */
export function recordOf<T>(page: string): T {
  const text = readFileSync(page, "utf8");
  const from = text.indexOf(RECORD) + RECORD.length;
  return JSON.parse(text.slice(from, text.indexOf("</script>", from))) as T;
}

/** What a button saves. */
export async function saved(page: Page, selector: ReturnType<Page["locator"]>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), selector.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** How many marks an SVG has; −1 where it does not parse. */
export function marks(page: Page, svg: string): Promise<number> {
  return page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return parsed.querySelector("parsererror") === null ? parsed.querySelectorAll("path, rect, circle").length : -1;
  }, svg);
}

/** What axe finds serious. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => (await (window as never as { axe: typeof axe }).axe.run()).violations);
  return found
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`);
}

/** How many sheets of paper a page takes. */
export async function printed(page: Page): Promise<number> {
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(1, 4).toString("latin1") === "PNG";
}
