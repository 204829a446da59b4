import type { ScoringAsked, TableOverview } from "../../record/routes";

type Of = Readonly<Record<string, string>>;

/** Which of the two models: what stands in the address of the second ends in 2. */
export type Side = "" | "2";

/** What is said of a model, as it is typed. */
export interface Fields {
  learn: string;
  model: string;
  template: string;
  yes: string;
  no: string;
  probe: string;
  class: string;
  steer: string;
  towards: string;
  scale: string;
  edits: string;
}

export const NAMES = ["learn", "model", "template", "yes", "no", "probe", "class", "steer", "towards", "scale", "edits"] as const;

/** Of the fields, what counts: a net has no prompt, a probe no options, and nothing is steered along no probe. */
function counted(fields: Fields): Partial<Fields> {
  const { learn, model, template, yes, no, probe, steer, towards, scale, edits } = fields;
  if (learn !== "") return { learn };
  if (template.trim() === "") return {};
  return {
    model,
    template,
    ...(probe === "" ? { yes, no } : { probe, class: fields.class }),
    ...(steer === "" ? {} : { steer, towards, scale }),
    edits,
  };
}

export function fieldsOf(of: Of, side: Side): Fields {
  const usual: Partial<Fields> = { yes: " yes", no: " no", scale: "1", model: of["model"] ?? "" };
  return Object.fromEntries(NAMES.map((name) => [name, of[name + side] ?? usual[name] ?? ""])) as unknown as Fields;
}

/** What goes into the address; the model that all views share stays there. */
export function addressOf(fields: Fields, side: Side): Record<string, string> {
  const said: Partial<Fields> = counted(fields);
  return Object.fromEntries(NAMES.filter((name) => side === "2" || name !== "model" || said.model !== undefined).map((name) => [name + side, said[name] ?? ""]));
}

/** The question that the address asks of one of the models; null where it says too little. */
export function scoringOf(table: TableOverview, of: Of, side: Side): ScoringAsked | null {
  const basic = { table: table.name, sha256: table.sha256 };
  const { learn, template, model, yes, no, probe, class: positive, steer, towards, scale, edits } = fieldsOf(of, side);
  if (learn !== "") {
    const known = [of["label"], of["learn"], of["learn2"]].filter((name): name is string => name !== undefined && name !== learn);
    return { ...basic, learn, without: [...new Set(known)] };
  }
  if (template === "" || !isList(edits) || !isNumber(scale)) return null;
  return {
    ...basic,
    model,
    template,
    yes,
    no,
    ...(probe === "" ? {} : { probe, positive }),
    ...(edits === "" ? {} : { edits: JSON.parse(edits) as unknown[] }),
    ...(steer === "" ? {} : { steer, towards, scale: Number(scale) }),
  };
}

/** Whether edits are nothing, or a JSON list. */
export function isList(text: string): boolean {
  try {
    return text === "" || Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

export function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** The address at which the page asks this question: what [scoringOf] reads. */
export function addressOfScoring(asked: ScoringAsked): Record<string, string> {
  const { table, learn, without, model, template, yes, no, probe, positive, edits, steer, towards, scale } = asked;
  const [label, learn2] = without ?? [];
  const said = { table, learn, label, learn2, model, template, yes, no, probe, class: positive, steer, towards, scale, edits: edits == null ? null : JSON.stringify(edits) };
  return Object.fromEntries(Object.entries(said).flatMap(([name, value]) => (value == null || value === "" ? [] : [[name, String(value)]])));
}
