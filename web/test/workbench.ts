import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launch } from "./pages";

/** A workbench that runs for the tests, on a port of its own and in a folder of theirs. */
export class Running {
  private constructor(
    private readonly process: ChildProcess,
    readonly address: string,
  ) {}

  /** Starts `./cutaway serve`, and waits until it says where it listens. */
  static async start(folder: string, port = 0): Promise<Running> {
    const process = spawn("../cutaway", ["serve", "--port", String(port), "--folder", folder, "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: process.stdout! });
    const address = await new Promise<string>((done, fail) => {
      lines.once("line", (line) => done((JSON.parse(line) as { address: string }).address));
      process.once("exit", (code) => fail(new Error(`cutaway serve ended with ${code}`)));
    });
    return new Running(process, address.replace(/\/$/, ""));
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  /** As a power cut would: nothing is said to it. */
  async kill(): Promise<void> {
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGKILL");
    await gone;
  }

  async ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.address + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }
}

/** Opens pages of a server, and keeps what they complained about and what they asked of others. */
export class Views {
  readonly problems: string[] = [];

  constructor(
    private readonly browser: () => Browser,
    private readonly running: () => Running,
  ) {}

  async open(path: string, scheme: "light" | "dark" = "light", width = 1280): Promise<Page> {
    const context = await this.browser().newContext({ viewport: { width, height: 800 }, colorScheme: scheme, acceptDownloads: true });
    const page = await context.newPage();
    page.on("request", (request) => {
      if (!request.url().startsWith(this.running().address) && !/^(data|blob):/.test(request.url()))
        this.problems.push(`asked ${request.url()}`);
    });
    page.on("pageerror", (error) => this.problems.push(error.message));
    await page.goto(this.running().address + path);
    return page;
  }
}

/** What the tests of a file share: a workbench in a folder of its own, and a browser. */
export class Opened {
  readonly folder: string;
  readonly views = new Views(
    () => this.browser,
    () => this.running,
  );
  running!: Running;
  private browser!: Browser;

  private constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `cutaway-${name}-`));
  }

  /** Opens both before the tests of this file, and closes them behind: no page complained, and none asked another server. */
  static forTests(name: string, timeout: number): Opened {
    const opened = new Opened(name);
    beforeAll(async () => {
      [opened.browser, opened.running] = await Promise.all([launch(), Running.start(opened.folder)]);
    }, timeout);
    afterAll(async () => {
      await opened.browser.close();
      await opened.running.kill();
      rmSync(opened.folder, { recursive: true, force: true });
      expect(opened.views.problems).toEqual([]);
    });
    return opened;
  }

  /** Kills the server as a power cut would, and starts it again where it was. */
  async restart(): Promise<void> {
    const { port } = this.running;
    await this.running.kill();
    this.running = await Running.start(this.folder, port);
  }
}
