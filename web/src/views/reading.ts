import type { Reading } from "../figure/pointing";
import { estimate, type Facts } from "../record/facts";
import { kindsOf } from "../record/heads";
import { number, percent } from "../record/words";

/** What is known of a component. */
export function componentReading(facts: Facts, component: string): Reading {
  const effect = facts.effects.get(component);
  const member = facts.members?.get(component);
  const how = estimate(facts, "ATTRIBUTION");
  return {
    title: component,
    lines: [
      ...(effect === undefined
        ? []
        : ([
            ["direct", `${number(effect.direct)} nats`],
            [`removed${how}`, `${number(effect.ablation)} nats`],
            [`control${how}`, `${number(effect.placebo)} nats`],
            [`restored${how}`, `${number(effect.restoring)} recovered`],
          ] as const)),
      ...kindLines(facts, component),
      ...(facts.members === null
        ? []
        : ([[`circuit${estimate(facts, "CIRCUIT")}`, member === undefined ? "no member" : `member; without it ${percent(member.needed)} less`]] as const)),
    ],
  };
}

function kindLines(facts: Facts, component: string): [string, string][] {
  const names = kindsOf(facts.record.kinds, component).map((kind) => kind.name);
  return names.length === 0 ? [] : [["kind", names.join(", ")]];
}
