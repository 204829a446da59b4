import type { Stability } from "../../record/routes";
import { number } from "../../record/words";

/** How a feature stands between chance and the same direction each time. */
export type Found = "found again" | "found in part" | "not found again";

/** As much of a latent's direction counts as found (Paulo and Belrose 2025). */
const FOUND = 0.7;

/**
 * A word for how well other trainings find a feature. Not found is what lies no further from chance than from what counts
 * as found.
 */
export function found(it: Stability): Found {
  if (it.cosine >= FOUND) return "found again";
  return it.cosine > (it.random + FOUND) / 2 ? "found in part" : "not found again";
}

/** What the badge means, in a sentence. */
export function meaning(it: Stability): string {
  const twins = it.twins === 1 ? "another training of this dictionary" : `${it.twins} other trainings of this dictionary`;
  const told = {
    "found again": "a direction that does not hang on the seed",
    "found in part": "near to theirs, and not the same: what it is called may hang on the seed",
    "not found again": "may be an accident of this training; do not take it for a property of the model",
  }[found(it)];
  return `Mean cosine with its partner in ${twins}: ${told}. All features have ${number(it.mean, 2)}, random directions ${number(it.random, 2)}.`;
}
