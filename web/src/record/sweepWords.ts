import type { SweepRecord } from "./sweep";

/** The question of a sweep, as one asks it. */
export function asks(record: SweepRecord): string {
  const noise = record.asked.direction === "noise";
  if (!record.asked.ofAnswer) return "What do these sites change?";
  switch (record.asked.method) {
    case "patch":
      return noise ? "Which sites does the answer need?" : "Which sites are enough to bring the answer back?";
    case "path":
      return noise ? "Who tells the receiver what the answer needs?" : "Who tells the receiver what brings the answer back?";
    case "ablate":
      return "What is lost when a site is taken away?";
    case "knockout":
      return "What must be looked at?";
    case "trace":
      return "Where does a clean value undo the noise?";
    case "attribution":
      return noise ? "Which sites does the answer need, to first order?" : "Which sites bring the answer back, to first order?";
    case "eap":
    case "eap-ig":
      return noise ? "Which edges does the answer need, to first order?" : "Which edges bring the answer back, to first order?";
    case "ig":
    case "smoothgrad":
      return "Which tokens carry the answer?";
    case "rollout":
      return "Which tokens does attention bring together?";
    case "dla":
      return "Who writes the answer itself?";
    case "lens":
      return "Where can the answer be read already?";
    default:
      return `What do these sites do? (${record.asked.method})`;
  }
}

/** What an effect is, in one sentence. */
export function effectIs(record: SweepRecord): string {
  switch (record.asked.method) {
    case "eap":
    case "eap-ig":
    case "attribution":
      return "An effect is what the gradient says the edit would change: an estimate, no measurement.";
    case "ig":
      return "An effect is the token's share of what separates the two runs; the shares add up.";
    case "trace":
      return "An effect is the metric after clean values are put back, less that of the run with noise.";
    case "smoothgrad":
      return "An effect is the mean gradient near the token's embedding, times the embedding: an estimate, no measurement.";
    case "rollout":
      return "An effect is the token's share of the last position, if attention alone moved anything: a reading of no answer.";
    case "dla":
      return "An effect is what is written towards the metric, with the final norm as it stood: a reading, no intervention.";
    case "lens":
      return "An effect is the metric as it would be if the run ended there, less that of the run: a reading, no intervention.";
    default:
      return "An effect is the metric after the edit, less that of the unedited run.";
  }
}

/** The pairs whose contrast favours the answer at least as much as their prompt. */
export function favoursContrast(record: SweepRecord): SweepRecord["pairs"] {
  return record.asked.ofAnswer ? record.pairs.filter((pair) => pair.onContrast >= pair.onPrompt) : [];
}

/** What the largest effect is, after its name. */
export function doesMost(record: SweepRecord): string {
  switch (record.asked.method) {
    case "attribution":
    case "eap":
    case "eap-ig":
      return "would move the metric most";
    case "ig":
    case "smoothgrad":
    case "rollout":
      return "carries most";
    case "dla":
      return "writes most";
    case "lens":
      return "reads most unlike the run's end";
    default:
      return "moves the metric most";
  }
}

/** What a kind of site is. */
export function siteIs(site: string): string {
  const known: Record<string, string> = {
    embed: "token embeddings",
    pos_embed: "position embeddings",
    resid_pre: "residual stream before a block",
    resid_mid: "residual stream between attention and MLP",
    resid_post: "residual stream after a block",
    attn_out: "what attention adds",
    mlp_out: "what the MLP adds",
    head_q: "queries of a head",
    head_k: "keys of a key/value head",
    head_v: "values of a key/value head",
    head_scores: "attention of a head, before softmax",
    head_pattern: "attention of a head",
    head_z: "what a head gathers",
    head_result: "what a head writes",
    neuron_pre: "MLP neurons, before the activation",
    neuron_linear: "MLP neurons, the linear branch",
    neuron_post: "MLP neurons",
    feature: "features of a dictionary",
  };
  return known[site] ?? site;
}

/** What the method leaves open. */
export function leavesOpen(record: SweepRecord): string[] {
  const { method, direction, metric } = record.asked;
  const said: string[] = [];
  if (method === "patch" || method === "path") {
    said.push(
      direction === "noise"
        ? "What is needed is not all that is needed, and need not be enough: two sites that stand in for each other both look idle."
        : "What is enough need not be needed: the model may have another way, and what only works together with something else stays hidden.",
    );
  }
  if (method === "path") said.push("A sender reaches the receiver by addition to the residual stream alone; what passes through others was held still.");
  if (["attribution", "eap", "eap-ig"].includes(method)) {
    said.push("First order only: where attention or a norm saturates, the gradient misses what an edit does. Measure what matters with --method patch.");
  }
  if (method === "ig") said.push("The path from the one run to the other passes through values that no text gives.");
  if (method === "rollout") said.push("Values, MLPs and the answer are left out: what is looked at need not be used.");
  if (method === "smoothgrad") said.push("First order only, and at embeddings that no token has.");
  if (method === "dla") said.push("What is written directly is not all that a part does: others read it too.");
  if (method === "lens") said.push("That something can be read does not show that it is used.");
  if (method === "ablate") said.push("Taking a value away puts another in its place; zeros, means and other prompts' values are different questions.");
  if (method === "trace") said.push("Noise takes values to where no text takes them; other noise may give another picture.");
  if (method === "knockout") said.push("Attention that is cut off goes to the other keys, so what is seen there changes too.");
  if (record.answers.some((answer) => answer.feature !== undefined)) {
    said.push("What a dictionary does not say stays where it is, and other features of it may say the same: its features are one way to cut the activations up.");
  }
  if (metric === "margin") said.push("The margin compares two tokens; what raises both alike is not seen.");
  return said;
}
