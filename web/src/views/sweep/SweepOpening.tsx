import { Fragment } from "react";
import { usePointing } from "../../figure/pointing";
import { columnKey, placeIn } from "../../record/questions";
import type { Prompts, SweepRecord } from "../../record/sweep";
import type { SweepFacts } from "../../record/sweepFacts";
import { asks, doesMost, effectIs } from "../../record/sweepWords";
import { count, modelName, number, signed, visible } from "../../record/words";
import { TitleBlock } from "../TitleBlock";

/** The question in words, its short answer, and a pair that it was asked of. */
export function SweepOpening(props: { facts: SweepFacts }) {
  const { record, answers } = props.facts;
  const { asked, extent, pairs } = record;
  const { selection } = usePointing();
  const prompts = pairs[selection.pair ?? 0]!;
  const chosen = selection.question === null ? undefined : answers.get(selection.question);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const many = extent.pairs > 1;
  return (
    <header>
      <div className="asked">
        <h1>{asks(record)}</h1>
        <Verdict facts={props.facts} />
        <p style={{ margin: "16px 0 0", fontSize: "var(--t2)", maxWidth: "62em" }}>
          {capital(asked.how)}. {effectIs(record)} The metric is {asked.what}
          {asked.what.includes(asked.unit) ? "" : `, in ${asked.unit}`}:{" "}
          <span className="number">{number(mean(pairs.map((pair) => pair.onPrompt)))}</span> on the{" "}
          {many ? "prompts" : "prompt"},{" "}
          <span className="number">{number(mean(pairs.map((pair) => pair.onContrast)))}</span> on the{" "}
          {many ? "contrasts (means)" : "contrast"}.
        </p>
        <p className="soft" style={{ margin: "16px 0 4px" }}>
          {many ? `Pair ${prompts.index} of ${extent.pairs}, counted from 0` : "The prompt"}; dashed where the contrast differs. Answer{" "}
          <code>{visible(prompts.answer)}</code> against <code>{visible(prompts.against)}</code>
        </p>
        <PairTokens
          pair={prompts}
          tokens={prompts.tokens}
          place={chosen === undefined ? null : placeIn(columnKey(chosen), prompts)}
        />
        <p className="soft" style={{ margin: "8px 0 4px" }}>
          Its contrast
        </p>
        <PairTokens pair={prompts} tokens={prompts.contrast} place={null} />
      </div>
      <TitleBlock rows={madeBy(props.facts)} />
    </header>
  );
}

function Verdict(props: { facts: SweepFacts }) {
  const { record, tells } = props.facts;
  const { extent, asked } = record;
  const first = record.chosen[0] ?? record.answers[0];
  if (first === undefined) {
    return <p className="verdict">No effect larger than {asked.pooled} {asked.unit} was found.</p>;
  }
  const held = record.chosen.length > 0;
  const others =
    held || props.facts.groups.length > 4
      ? []
      : props.facts.groups.map((group) => group.answers[0]!).filter((answer) => answer.text !== first.text && answer.mean !== 0);
  const size = held ? record.chosen[0]!.mean : record.answers[0]!.mean;
  return (
    <p className="verdict">
      {held ? "Chosen on one half of the pairs, " : ""}
      <code>{first.text}</code> {doesMost(record)}
      {size === undefined ? "" : `: ${signed(size)} ${asked.unit}`}
      {size !== undefined && (held ? " on the other half" : extent.pairs === 1 ? "" : over(record, record.answers[0]!.pairs))}
      {first.low !== undefined && first.high !== undefined && ` (95 % interval ${number(first.low, 2)} to ${number(first.high, 2)})`}
      .{others.length > 0 && " Of the other sites: "}
      {others.map((answer, i) => (
        <Fragment key={answer.text}>
          {i > 0 && ", "}
          <code>{answer.text}</code> {signed(answer.mean)}
        </Fragment>
      ))}
      {others.length > 0 && ` ${asked.unit}.`}{" "}
      {tells
        ? `Of ${count(extent.questions)} questions, ${count(extent.sure)} ${extent.sure === 1 ? "is" : "are"} told from chance.`
        : asked.pooled !== undefined
          ? `${extent.questions} ${extent.questions === 1 ? "site has" : "sites have"} an effect larger than ${asked.pooled} ${asked.unit} on some pair.`
          : extent.pairs === 1
            ? `${count(extent.questions)} questions were asked of one pair, which cannot tell what holds for other prompts.`
            : `So few pairs cannot tell any of the ${count(extent.questions)} effects from chance.`}
    </p>
  );
}

/** Over how many pairs a mean is. */
function over(record: SweepRecord, pairs: number): string {
  return pairs < record.extent.independent ? ` on average of ${pairs} of ${record.extent.independent} pairs` : " on average";
}

/** The tokens of one prompt, with the names of its parts under them. */
function PairTokens(props: { pair: Prompts; tokens: readonly string[]; place: readonly [number, number] | null }) {
  const { pair, tokens, place } = props;
  return (
    <ul className="tokens">
      {tokens.map((token, pos) => {
        const differs = pair.tokens[pos] !== pair.contrast[pos];
        const meant = place !== null && place[0] <= pos && pos <= place[1];
        const role = Object.entries(pair.roles).find(([, at]) => at[0] === pos);
        return (
          <li key={pos} className="named">
            <span className={`token${differs ? " differs" : ""}${meant ? " meant" : ""}`} title={`position ${pos}`}>
              {visible(token)}
            </span>
            {role !== undefined && <span className="role">{role[0]}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function madeBy({ record }: SweepFacts): [string, string][] {
  const { model, asked, extent } = record;
  return [
    ["model", `${modelName(model.name)} (${model.family}, ${model.layers} layers × ${model.heads} heads, ${model.dModel} wide)`],
    ["weights", `sha256 ${model.sha256}`],
    ["method", asked.direction === undefined ? asked.method : `${asked.method}, ${asked.direction}`],
    ["sites", asked.sites.join(", ")],
    ["metric", `${asked.metric}, ${asked.unit}`],
    ["pairs", `${extent.pairs}${extent.independent === extent.pairs ? "" : `, ${extent.independent} independent`}, of ${record.file}`],
    asked.pooled === undefined
      ? ["asked", `${count(extent.questions)} questions, ${count(extent.rows)} effects`]
      : ["found", `${count(extent.questions)} sites, ${count(extent.rows)} effects larger than ${asked.pooled}`],
    ["ran on", `${model.device}, ${model.dtype}`],
    ["seed", String(record.seed)],
    ["took", `${number(record.seconds, 1)} s`],
    ["version", record.version],
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
