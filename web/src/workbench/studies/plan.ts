import type { Chosen, QuickParameter, StudyAsked } from "../../record/routes";

/** As many seeds as the server takes. */
export const MOST_SEEDS = 10;

/** How a quick form is to run: what the reader changed of it. */
export interface Plan {
  seeds: number;
  values: Readonly<Record<string, number>>;
}

/** As it stands in the address: `seeds`, and `set` as on the command line, `name=value`, joined by commas. */
export function planOf(of: Readonly<Record<string, string>>, parameters: readonly QuickParameter[]): Plan {
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  for (const part of (of["set"] ?? "").split(",")) {
    const [name, value] = part.split("=");
    if (name !== undefined && name in values && value !== undefined && Number.isFinite(Number(value))) values[name] = Number(value);
  }
  const seeds = Number(of["seeds"] ?? "1");
  return { seeds: Number.isInteger(seeds) && seeds >= 1 ? seeds : 1, values };
}

/** What of a plan as it is typed cannot be run, in one sentence; empty where all of it can. */
export function problemOf(seeds: string, values: Readonly<Record<string, string>>): string {
  const given = (typed: string) => (typed.trim() === "" ? "the field is empty" : `${typed.trim()} is none`);
  const isSeeds = /^\d+$/.test(seeds.trim()) && Number(seeds) >= 1 && Number(seeds) <= MOST_SEEDS;
  if (!isSeeds) return `Seeds must be a whole number from 1 to ${MOST_SEEDS}; ${given(seeds)}.`;
  const wrong = Object.entries(values).find(([, typed]) => typed.trim() === "" || !Number.isFinite(Number(typed)));
  return wrong === undefined ? "" : `${wrong[0]} must be a number; ${given(wrong[1])}.`;
}

/** What of a plan is not as usual. */
export function changed(plan: Plan, parameters: readonly QuickParameter[]): Chosen[] {
  return parameters.filter(({ name, value }) => plan.values[name] !== value).map(({ name }) => ({ name, value: plan.values[name]! }));
}

export function writtenPlan(plan: Plan, parameters: readonly QuickParameter[]): Record<string, string> {
  return {
    seeds: plan.seeds === 1 ? "" : String(plan.seeds),
    set: changed(plan, parameters)
      .map(({ name, value }) => `${name}=${value}`)
      .join(","),
  };
}

/** The question to the server; the same plan is always the same question, so that its job is found again. */
export function askedOf(study: string, plan: Plan, parameters: readonly QuickParameter[]): StudyAsked {
  const set = changed(plan, parameters);
  return { study, ...(plan.seeds === 1 ? {} : { seeds: plan.seeds }), ...(set.length === 0 ? {} : { set }) };
}
