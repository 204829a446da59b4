import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RUNS } from "./runs";

const HERE = "src/workbench";

/** What sends a run to the server. */
const RUNNING = /useJob\("|useEffectOf\(|POST \/api\/(effect|features\/steer|fits\/move|probes\/change|whatif\/point)"/;

const SOURCES = readdirSync(HERE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => ({ name, text: readFileSync(join(HERE, name), "utf8") }));

describe("every dialog that runs something", () => {
  it("says what it asks, how, and what the answer is held to", () => {
    const silent = SOURCES.filter(({ text }) => RUNNING.test(text) && !text.includes("<Brief")).map(({ name }) => name);
    expect(silent).toEqual([]);
    expect(SOURCES.filter(({ text }) => RUNNING.test(text)).length).toBeGreaterThanOrEqual(10);
  });

  it("is of a kind whose words are all there, and every kind is one that a dialog has", () => {
    const said = new Set(SOURCES.flatMap(({ text }) => [...text.matchAll(/<Brief\s+run="(\w+)"/g)].map((match) => match[1]!)));
    expect([...said].sort()).toEqual(Object.keys(RUNS).sort());
    for (const words of Object.values(RUNS)) for (const text of Object.values(words)) expect(text.length).toBeGreaterThan(10);
  });

  it("has a control, or a comparison that must lose, in words", () => {
    for (const [name, { controls }] of Object.entries(RUNS)) expect(controls, name).toMatch(/control|random|shuffled|linear|out of order|margins|beside|lose/);
  });
});
