import type { Offered } from "../record/routes";

/** The models that can be asked what comes next; an encoder says nothing of that. */
export function decoders(models: readonly Offered[]): Offered[] {
  return models.filter((model) => model.causal);
}
