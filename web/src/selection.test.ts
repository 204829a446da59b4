import { describe, expect, it } from "vitest";
import { fromFragment, NOTHING, notThere, released, toFragment, toggled } from "./selection";

const limits = {
  components: new Set(["L2H1", "MLP0"]),
  layers: 3,
  positions: 14,
  questions: new Set(["head_z[3.1] → head_q[25.4]", "mlp_out[3]@a&b=c#d"]),
  pairs: 8,
};

describe("the fragment", () => {
  it.each([
    NOTHING,
    { ...NOTHING, component: "L2H1", layer: null, pos: null },
    { ...NOTHING, component: null, layer: 3, pos: 13 },
    { ...NOTHING, component: "MLP0", layer: null, pos: 0 },
    { ...NOTHING, question: "head_z[3.1] → head_q[25.4]", pair: 7 },
    { ...NOTHING, question: "mlp_out[3]@a&b=c#d" },
    { ...NOTHING, pair: 0 },
    { ...NOTHING, component: "MLP0", act: "from-contrast" as const, neuron: 17 },
    { ...NOTHING, layer: 1, pos: 4, paint: { probe: "board", thing: "e3", to: "empty" } },
    { ...NOTHING, pos: 4, paint: { probe: "a,b 100%/c&d", thing: "", to: "past" } },
    { ...NOTHING, component: "L2H1", act: "zero" as const, metric: "log-p" as const },
  ])("keeps %j", (selection) => {
    expect(fromFragment(toFragment(selection), limits)).toEqual(selection);
  });

  it.each(["#component=L9H9", "#pos=14", "#layer=4", "#pos=-1", "#pos=1e3", "#layer=", "#<script>", "#pos=0x1", "#pair=8",
    "#question=head_z[3.2]", "#act=remove", "#neuron=-1", "#metric=charm",
    "#paint=board,e3", "#paint=,e3,empty", "#paint=%25,e3,empty"])(
    "of another report, %s, is nothing",
    (fragment) => expect(fromFragment(fragment, limits)).toEqual(NOTHING),
  );
});

it("lets go of what is chosen twice", () => {
  const chosen = toggled(NOTHING, { component: "L2H1" });
  expect(chosen.component).toBe("L2H1");
  expect(toggled(chosen, { component: "L2H1" })).toEqual(NOTHING);
  expect(toggled(chosen, { pos: 3 })).toEqual({ ...NOTHING, component: null, layer: null, pos: 3 });
});

it("does nothing at another place any more", () => {
  const doing = { ...NOTHING, component: "L2H1", act: "zero" as const, metric: "log-p" as const };
  expect(toggled(doing, { component: "MLP0" })).toEqual({ ...NOTHING, component: "MLP0" });
});

it("keeps the pair that is shown while other things are chosen", () => {
  const shown = { ...NOTHING, pair: 3 };
  const chosen = toggled(shown, { question: "head_z[3.1]" });
  expect(chosen).toEqual({ ...NOTHING, question: "head_z[3.1]", pair: 3 });
  expect(toggled(chosen, { question: "head_z[3.1]" })).toEqual(shown);
  expect(released(chosen)).toEqual(shown);
});

it("writes a question as a reader can make it out", () => {
  expect(toFragment({ ...NOTHING, question: "resid_pre[5]@last", pair: 2 })).toBe("#question=resid_pre[5]@last&pair=2");
});

describe("a link to what is not there", () => {
  it.each(["", "#component=L2H1&pos=3&act=zero", "#layer=3&pos=13", "#pair=7"])("is not %j", (fragment) => {
    expect(notThere(fragment, limits)).toBe("");
  });

  it("says what is missing, and only that", () => {
    expect(notThere("#component=L99H99&act=zero", limits)).toBe("The link names component L99H99, which is not there; what is can be chosen below.");
    expect(notThere("#component=MLP0&layer=9&pos=99", limits)).toMatch(/^The link names layer 9 and position 99, /);
  });
});
