import { Fragment } from "react";
import { usePointing } from "../figure/pointing";
import { useOneStop } from "../figure/useOneStop";
import type { Candidate, Token } from "../record/explanation";
import { isWhole, type Facts } from "../record/facts";
import { kept } from "../layout/runs";
import { modelName, number, percent, visible } from "../record/words";
import { TitleBlock } from "./TitleBlock";

/** The prompt, its answer, and the prompt that it is set against. */
export function Opening(props: { facts: Facts }) {
  const { record, differs } = props.facts;
  const { circuit, answer } = record;
  return (
    <header>
      <div className="asked">
        <h1 className={record.prompt.tokens.length > LONG ? "long" : ""}>
          {record.prompt.text} <span className="answer">{answer.text.trim() === "" ? visible(answer.text) : answer.text.trim()}</span>
        </h1>
        <p className="verdict">
          {circuit === undefined || props.facts.estimated.has("CIRCUIT") ? (
            <>
              What makes the model say <code>{visible(answer.text)}</code> rather than{" "}
              <code>{visible(answer.rivalText)}</code>: its causes, as far as they are measured.
            </>
          ) : circuit.small ? (
            <>
              {circuit.members.length} of {circuit.of} components carry {percent(circuit.faithfulness)} of what makes
              the model say <code>{visible(answer.text)}</code> rather than <code>{visible(answer.rivalText)}</code>.
            </>
          ) : (
            <>
              No small circuit: {circuit.members.length} of {circuit.of} components were needed to recover{" "}
              {percent(circuit.faithfulness)} of what makes the model say <code>{visible(answer.text)}</code> rather
              than <code>{visible(answer.rivalText)}</code>.
            </>
          )}
        </p>
        <p className="soft" style={{ margin: "16px 0 4px" }}>
          The prompt, {record.prompt.bos ? "with a BOS token first" : "no BOS token"}; dashed where the contrast differs
        </p>
        <Tokens tokens={record.prompt.tokens} differs={differs} />
        <p className="soft" style={{ margin: "8px 0 4px" }}>
          The contrast ({record.contrast.kind}): {record.contrast.how}
        </p>
        <Tokens tokens={record.contrast.tokens} differs={differs} shortened />
        <div className="pair" style={{ marginTop: 24 }}>
          <Next title="Next on the prompt" candidates={record.prompt.next} />
          <Next title="Next on the contrast" candidates={record.contrast.next} />
        </div>
        <p style={{ margin: "16px 0 0", fontSize: "var(--t2)" }}>
          The margin, logit(<code>{visible(answer.text)}</code>) − logit(<code>{visible(answer.rivalText)}</code>), is{" "}
          <span className="number">{number(answer.margin)} nats</span> on the prompt and{" "}
          <span className="number">{number(answer.contrastMargin)} nats</span> on the contrast; {answer.chosen}. A
          share that is <i>recovered</i> runs from 0, the model does as on the contrast, to 1, as on the prompt.
        </p>
      </div>
      <TitleBlock rows={madeBy(props.facts)} />
    </header>
  );
}

/** A text of more tokens is shortened to where it differs, and so many around it. */
const LONG = 64;
const AROUND = 6;

/**
 * A text as its tokens, to choose a position.
 *
 * @param shortened whether a long one leaves out what is as in the prompt
 */
export function Tokens(props: { tokens: readonly Token[]; differs: readonly boolean[]; shortened?: boolean }) {
  const { selection, choose } = usePointing();
  const row = useOneStop<HTMLUListElement>();
  const { tokens, differs } = props;
  const runs =
    props.shortened === true && tokens.length > LONG ? kept(differs, AROUND) : [{ from: 0, to: tokens.length }];
  return (
    <ul className="tokens" {...row}>
      {runs.map((run, i) => (
        <Fragment key={run.from}>
          {run.from > (runs[i - 1]?.to ?? 0) && <li className="soft">…</li>}
          {tokens.slice(run.from, run.to).map((token) => (
            <li key={token.pos}>
              <button
                className={differs[token.pos] ? "differs" : ""}
                aria-pressed={selection.pos === token.pos}
                aria-label={`position ${token.pos}, ${visible(token.text)}`}
                title={`position ${token.pos}, id ${token.id}`}
                onClick={() => choose({ pos: token.pos })}
              >
                {visible(token.text)}
              </button>
            </li>
          ))}
        </Fragment>
      ))}
      {runs.at(-1)!.to < tokens.length && <li className="soft">…</li>}
    </ul>
  );
}

/** The most probable next tokens. */
export function Next(props: { title: string; candidates: readonly Candidate[] }) {
  return (
    <div>
      <p className="soft" style={{ margin: "0 0 4px", fontSize: "var(--t2)" }}>
        {props.title}
      </p>
      <div className="bars">
        {props.candidates.slice(0, 5).map((candidate) => (
          <div key={candidate.id} style={{ display: "contents" }}>
            <span>{visible(candidate.text)}</span>
            <span className="rest" style={{ height: 9 }}>
              <span className="bar" style={{ display: "block", width: `${100 * candidate.probability}%` }} />
            </span>
            <span>{number(candidate.probability)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function madeBy({ record }: Facts): [string, string][] {
  const seconds = isWhole(record) ? Object.values(record.seconds).reduce((sum, value) => sum + value, 0) : null;
  return [
    ["model", modelName(record.model.name)],
    ["family", `${record.model.family}, ${record.model.layers} layers × ${record.model.heads} heads, ${record.model.dModel} wide`],
    ["weights", `sha256 ${record.model.sha256}`],
    ["ran on", `${record.model.device}, ${record.model.dtype}`],
    ["seed", String(record.seed)],
    ["took", seconds === null ? "…" : `${number(seconds, 1)} s`],
    ["version", record.version],
  ];
}
