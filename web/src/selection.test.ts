import { describe, expect, it } from "vitest";
import { fromFragment, NOTHING, toFragment, toggled } from "./selection";

const limits = { components: new Set(["L2H1", "MLP0"]), layers: 3, positions: 14 };

describe("the fragment", () => {
  it.each([
    NOTHING,
    { component: "L2H1", layer: null, pos: null },
    { component: null, layer: 3, pos: 13 },
    { component: "MLP0", layer: null, pos: 0 },
  ])("keeps %j", (selection) => {
    expect(fromFragment(toFragment(selection), limits)).toEqual(selection);
  });

  it.each(["#component=L9H9", "#pos=14", "#layer=4", "#pos=-1", "#pos=1e3", "#layer=", "#<script>", "#pos=0x1"])(
    "of another report, %s, is nothing",
    (fragment) => expect(fromFragment(fragment, limits)).toEqual(NOTHING),
  );
});

it("lets go of what is chosen twice", () => {
  const chosen = toggled(NOTHING, { component: "L2H1" });
  expect(chosen.component).toBe("L2H1");
  expect(toggled(chosen, { component: "L2H1" })).toEqual(NOTHING);
  expect(toggled(chosen, { pos: 3 })).toEqual({ component: null, layer: null, pos: 3 });
});
