import { describe, expect, it } from "vitest";
import type { Token } from "../../record/explanation";
import { interventions, ofHead, replaced } from "./edits";

const tokens = (...texts: string[]): Token[] => texts.map((text, pos) => ({ pos, id: pos, text }));
const NOTHING = { component: null, layer: null, pos: null, question: null, pair: null, act: null, neuron: null, metric: null, paint: null };

describe("editing a token", () => {
  it("changes that token and nothing else, with a BOS before it too", () => {
    expect(replaced(tokens("The", " cat", " sat"), "The cat sat", 1, " dog")).toBe("The dog sat");
    expect(replaced(tokens("<s>", "The", " cat"), "The cat", 2, "")).toBe("The");
  });

  it("is refused where the tokens do not make up the text", () => {
    expect(replaced(tokens("Th", "�"), "Thé", 1, "e")).toBeNull();
    expect(replaced(tokens("<s>", "The"), "The", 0, "x")).toBeNull(); // a BOS is not part of the text
    expect(replaced(tokens("a"), "a", 3, "b")).toBeNull();
  });
});

describe("interventions", () => {
  const prompt = { ids: [1] };
  const contrast = { ids: [2] };

  it("name the site of what is chosen", () => {
    const sites = (selection: object, neuron: number | null = null) =>
      interventions({ ...NOTHING, ...selection }, 30, prompt, contrast, neuron).map((one) => (one.edits[0] as { site: string }).site);
    expect(new Set(sites({ component: "L8H3" }))).toEqual(new Set(["blocks.8.attn.hook_z[3]"]));
    expect(new Set(sites({ component: "MLP7" }))).toEqual(new Set(["blocks.7.hook_mlp_out"]));
    expect(new Set(sites({ component: "MLP7" }, 12))).toEqual(new Set(["blocks.7.mlp.hook_post[12]"]));
    expect(sites({ layer: 30, pos: 2 })).toEqual([]); // after the last block nothing computes any more
    expect(sites({ pos: 2 })).toEqual([]);
  });

  it("of a head are known again by their edits, and no others", () => {
    const edits = (selection: object) => interventions({ ...NOTHING, ...selection }, 30, prompt, contrast, null).map((one) => ofHead(one.edits));
    const component = "L8H3";
    expect(edits({ component })).toEqual([{ component, act: "zero" }, { component, act: "mean" }, null, null]);
    expect(edits({ component: "MLP7" })).toEqual([null, null, null, null]);
    const zero = { op: "zero", site: "blocks.8.attn.hook_z[3]" };
    expect(ofHead([zero, zero])).toBeNull();
    expect(ofHead([{ ...zero, pos: [2] }])).toBeNull();
    expect(ofHead([])).toBeNull();
  });

  it("patch from one run into the other, and need both", () => {
    const both = interventions({ ...NOTHING, layer: 3, pos: 2 }, 30, prompt, contrast, null);
    expect(both.map((one) => one.base)).toEqual([prompt, prompt, prompt, contrast]);
    expect(both[3]!.edits[0]).toEqual({ op: "patch", site: "blocks.3.hook_resid_pre", pos: [2], from: prompt });
    expect(interventions({ ...NOTHING, layer: 3, pos: 2 }, 30, prompt, null, null).map((one) => one.name)).toEqual(["zero", "mean"]);
  });
});
