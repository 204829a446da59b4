import { describe, expect, it } from "vitest";
import type { TableOverview } from "../../record/routes";
import { addressOf, fieldsOf, isList, scoringOf } from "./scoring";

const table = { name: "t.csv", sha256: "5", rows: 2, columns: [] } as unknown as TableOverview;

describe("scoring", () => {
  it("asks each model for itself, and gives no net what is true or what the other learns", () => {
    const of = { learn: "approved", learn2: "repaid", label: "repaid" };
    expect(scoringOf(table, of, "")).toEqual({ table: "t.csv", sha256: "5", learn: "approved", without: ["repaid"] });
    expect(scoringOf(table, of, "2")).toEqual({ table: "t.csv", sha256: "5", learn: "repaid", without: ["approved"] });
    expect(scoringOf(table, { learn: "approved" }, "2")).toBeNull();
  });

  it("comes back from the address as it was typed", () => {
    const typed = { ...fieldsOf({}, "2"), template: "{a}:", probe: "p.safetensors", class: "past", steer: "p.safetensors", towards: "past", scale: "2" };
    const of = Object.fromEntries(Object.entries(addressOf(typed, "2")).filter(([, value]) => value !== ""));
    expect(of).toEqual({ template2: "{a}:", probe2: "p.safetensors", class2: "past", steer2: "p.safetensors", towards2: "past", scale2: "2" });
    expect(fieldsOf(of, "2")).toEqual(typed);
    expect(scoringOf(table, of, "2")).toMatchObject({ template: "{a}:", positive: "past", towards: "past", scale: 2 });
    expect(addressOf({ ...typed, learn: "ok" }, "2")["template2"]).toBe("");
    expect(addressOf({ ...typed, learn: "ok" }, "")).not.toHaveProperty("model");
  });

  it("asks nothing where edits or the scale cannot be read", () => {
    expect(isList("[]")).toBe(true);
    expect(isList("{}")).toBe(false);
    expect(scoringOf(table, { template: "{a}", edits: "[" }, "")).toBeNull();
    expect(scoringOf(table, { template: "{a}", scale: "far" }, "")).toBeNull();
  });
});
