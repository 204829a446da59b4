import type { ProbeRead } from "../../record/routes";
import type { Paint } from "../../selection";

/** The class that a click asks for: the one after what is shown, in their order; null once it is back at what is read. */
export function following(classes: readonly string[], read: string, asked: string | null): string | null {
  const shown = classes.indexOf(asked ?? read);
  const next = classes[(shown + 1) % classes.length];
  return next === undefined || next === read ? null : next;
}

/** Whether one of the probes reads the thing, and can read it as that class. */
export function named(probes: readonly ProbeRead[], { probe, thing, to }: Paint): boolean {
  const one = probes.find((it) => it.probe === probe);
  return one !== undefined && one.classes.includes(to) && (thing === "" ? one.things.length === 1 : one.things.some(({ name }) => name === thing));
}
