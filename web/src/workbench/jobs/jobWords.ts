import type { AttentionAsked, ContextAsked, EffectAsked, ExplainAsked, HeldOutAsked, Job, JointAsked, PagesAsked, ScoringAsked, SignsAsked, StudyAsked, SweepAsked, ToysAsked } from "../../record/routes";
import { counted, modelName, short } from "../../record/words";
import { NOTHING, toFragment } from "../../selection";
import type { Address } from "../address";
import { isEnd } from "../client";
import { addressOfScoring } from "../data/scoring";
import { ofHead } from "../lens/edits";
import type { Kind } from "../useJob";

/** What a reader is told of a job of one kind. */
interface Told<A> {
  /** What it is. */
  name: string;
  /** What it is about: beside the name. */
  about: (asked: A) => string;
  /** Where the page shows it; null where no view does. */
  where: (asked: A, id: string) => Address | null;
  /** Whether the view asks no question by itself when it is opened there. */
  isQuiet?: true;
}

const OF: { [K in Kind]: Told<never> } = {
  explain: {
    name: "explanation",
    about: ({ prompt }: ExplainAsked) => prompt,
    where: (asked: ExplainAsked) => (isTheLens(asked) ? { view: "lens", of: texts(asked, ["model", "prompt", "contrast", "answer", "against"]) } : null),
  },
  study: {
    name: "study",
    about: ({ study }: StudyAsked) => study,
    where: ({ study }: StudyAsked, run) => ({ view: "studies", of: { study, run } }),
    isQuiet: true,
  },
  attention: {
    name: "where heads look",
    about: ({ text }: AttentionAsked) => text,
    where: ({ model, text }: AttentionAsked) => ({ view: "attention", of: { ...texts({ model }, ["model"]), prompt: text } }),
  },
  effect: {
    name: "effect of an edit",
    about: ({ base, edits }: EffectAsked) => {
      const head = ofHead(edits);
      return [head === null ? "" : `${head.component} ${head.act === "zero" ? "set to zero" : "set to its mean"}`, promptOf(base) ?? ""].filter((part) => part !== "").join(": ");
    },
    where: ({ model, base, edits }: EffectAsked) => {
      const head = ofHead(edits);
      const prompt = promptOf(base);
      return head === null || prompt === null
        ? null
        : { view: "attention", of: { ...texts({ model }, ["model"]), prompt }, marks: toFragment({ ...NOTHING, ...head, metric: "loss" }) };
    },
  },
  "held-out": {
    name: "held-out prompts of a claim",
    about: ({ pairs }: HeldOutAsked) => lines(pairs),
    where: ({ claim }: HeldOutAsked) => ({ view: "ledger", of: { claim } }),
    isQuiet: true,
  },
  toys: {
    name: "toys of superposition",
    about: ({ features, dimensions }: ToysAsked) => `${features} features in ${dimensions} dimensions`,
    where: (asked: ToysAsked) => ({ view: "lab", of: { experiment: "toys", ...texts(asked, ["features", "dimensions", "importance", "steps", "seed"]) } }),
  },
  context: {
    name: "a graph in context",
    about: ({ graph }: ContextAsked) => graph,
    where: (asked: ContextAsked) => ({ view: "lab", of: { experiment: "context", ...texts(asked, ["model", "graph", "longest", "walks", "seed"]) } }),
  },
  signs: {
    name: "signs of a layer",
    about: ({ layer, model }: SignsAsked) => `layer ${layer}${model == null ? "" : ` of ${modelName(model)}`}`,
    where: (asked: SignsAsked) => ({
      view: "lab",
      of: { experiment: "signs", ...texts(asked, ["model", "layer", "weights", "towards", "agreement", "permutations"]) },
    }),
  },
  sweep: {
    name: "sweep",
    about: ({ pairs }: SweepAsked) => lines(pairs),
    where: () => null,
  },
  joint: {
    name: "queries and keys",
    about: ({ text }: JointAsked) => text,
    where: ({ model, text, split }: JointAsked) => ({ view: "attention", of: { ...texts({ model }, ["model"]), prompt: text, show: "maps", split: split.toLowerCase() } }),
  },
  pages: {
    name: "feature pages",
    about: ({ pages, dictionary }: PagesAsked) => `${pages} of ${dictionary}`,
    where: (asked: PagesAsked) => ({ view: "features", of: texts(asked, ["model", "dictionary"]) }),
    isQuiet: true,
  },
  score: {
    name: "scores",
    about: ({ table }: ScoringAsked) => table,
    where: (asked: ScoringAsked) => ({ view: "data", of: addressOfScoring(asked) }),
  },
};

/** What a job is, and what it is about. */
export function words(job: Job): { name: string; about: string } {
  const told = of(job);
  return { name: told?.name ?? job.kind, about: told === null ? "" : short(told.about(job.asked as never).replace(/\s+/g, " ").trim(), 80) };
}

/** Where the page shows a job, or what came of it; null where no view asks this question. */
export function addressOf(job: Job): Address | null {
  return of(job)?.where(job.asked as never, job.id) ?? null;
}

/** What following its link does: most views ask their question when they are opened, so that a job without a result begins again. */
export function deed(job: Job): string {
  if (!isEnd(job)) return "watch";
  return job.state === "DONE" || of(job)?.isQuiet === true ? "open" : "ask again";
}

/** How far a job is, or how it ended. */
export function standing(job: Job): string {
  switch (job.state) {
    case "QUEUED":
      return "waits";
    case "RUNNING":
      return job.step === "" ? "waits for its turn" : job.done === "" ? job.step : `${job.step}, ${job.done}`;
    case "DONE":
      return `done ${moment(job.ended)}`;
    case "CANCELLED":
      return job.problem === "" ? `cancelled ${moment(job.ended)}` : `stopped ${moment(job.ended)}: ${job.problem}`;
    default:
      return `failed ${moment(job.ended)}: ${job.problem}`;
  }
}

/** Those on their way, in the order in which they were asked for, then the others, the newest first. */
export function inOrder(jobs: readonly Job[]): Job[] {
  return [...jobs.filter((job) => !isEnd(job)).reverse(), ...jobs.filter(isEnd)];
}

export function runsOf(jobs: readonly Job[], study: string): Job[] {
  return jobs.filter((job) => job.kind === "study" && (job.asked as StudyAsked).study === study);
}

/** The run of a study to show when its page is opened: the newest that goes on, else the newest that is done. */
export function lastRun(jobs: readonly Job[], study: string): Job | null {
  const runs = runsOf(jobs, study);
  return runs.find((job) => !isEnd(job)) ?? runs.find((job) => job.state === "DONE") ?? null;
}

/** A time of the server as a reader's clock and calendar have it, to the minute. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

function of(job: Job): Told<never> | null {
  return job.kind in OF ? OF[job.kind as Kind] : null;
}

/** Whether the lens asks just this: it leaves nothing out, names the model, and has no seed of its own. */
function isTheLens({ model, contrast, answer, against, seed }: ExplainAsked): boolean {
  return model != null && model !== "" && contrast != null && answer != null && against != null && seed === 0;
}

function texts<A extends object>(asked: A, names: readonly (keyof A & string)[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (asked[name] == null ? [] : [[name, String(asked[name])]])));
}

/** The text of a run without edits of its own; null for another. */
function promptOf(base: unknown): string | null {
  const { prompt, edits } = base as { prompt?: string; edits?: readonly unknown[] };
  return prompt === undefined || (edits ?? []).length > 0 ? null : prompt;
}

function lines(text: string): string {
  return `${counted(text.split("\n").filter((line) => line.trim() !== "").length, "line")} of pairs`;
}
