import { useMemo } from "react";
import { usePointing } from "../../figure/pointing";
import { useOpened } from "../../figure/useOpened";
import { headName } from "../../record/component";
import type { HeadKinds } from "../../record/explanation";
import type { AttentionOverview } from "../../record/routes";
import { kindsOf } from "../../record/heads";
import { number, visible } from "../../record/words";
import { ask } from "../client";
import { InterventionPanel } from "../lens/InterventionPanel";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { JointMapFigure } from "./JointMapFigure";
import { ofShorts, strongest } from "./packed";
import { PatternCanvas } from "./PatternCanvas";

/** One head: its whole pattern, where one position looks, its queries and keys on one map, and the text without it. */
export function HeadSheet(props: {
  model: string;
  text: string;
  overview: AttentionOverview;
  kinds: HeadKinds | null;
  layer: number;
  head: number;
}) {
  const { model, text, overview, layer, head } = props;
  const { selection, choose, clear } = usePointing();
  const name = headName(layer, head);
  const panel = useOpened<HTMLElement>(name, true);
  const asked = { model, text, layer, head };
  const pattern = useAnswer(JSON.stringify(asked), (signal) => ask("POST /api/attention/pattern", asked, {}, signal));
  const map = useAnswer(pattern.state === "here" ? JSON.stringify(asked) : null, (signal) =>
    ask("POST /api/attention/map", asked, {}, signal),
  );
  const found = pattern.state === "here" ? pattern.value : null;
  const weights = useMemo(() => (found === null ? null : ofShorts(found.weights)), [found]);
  const { tokens } = overview;
  const query = selection.pos ?? tokens.length - 1;
  const kinds = props.kinds === null ? [] : kindsOf(props.kinds, name).map((kind) => kind.name);
  const looks = weights === null ? [] : strongest(weights, tokens.length, query, 8);
  return (
    <article className="head-sheet" {...panel} aria-label={name}>
      <h2>
        <span className="no">{props.kinds === null ? "its kind is being measured" : kinds.length > 0 ? kinds.join(", ") : "of no kind that is scored"}</span>
        {name}
        <button className="close" onClick={clear}>
          let go (Esc)
        </button>
      </h2>
      {pattern.state === "asked" && <Waiting words="its pattern is read" />}
      {pattern.state === "failed" && <Failed message={pattern.message} again={pattern.again} />}
      {weights !== null && (
        <>
          <PatternCanvas
            name={name}
            weights={weights}
            tokens={tokens}
            query={selection.pos}
            onChoose={(pos) => choose({ component: name, pos })}
          />
          <p className="looks">
            from {query} <code>{visible(tokens[query]!.text)}</code>:{" "}
            {looks.map((one) => (
              <span key={one.pos}>
                <code>{visible(tokens[one.pos]!.text)}</code> <span className="soft">{one.pos}</span> {number(one.weight, 3)}{"  "}
              </span>
            ))}
          </p>
        </>
      )}
      {map.state === "here" && (
        <JointMapFigure name={name} map={map.value.map} tokens={tokens} pos={selection.pos} onChoose={(pos) => choose({ component: name, pos })} />
      )}
      {map.state === "failed" && <Failed message={map.message} again={map.again} />}
      <InterventionPanel
        model={model}
        of={{
          tokens,
          selection: { ...selection, component: name },
          metrics: [{ name: "loss", words: "the mean loss over the text", metric: tokens.length > 1 ? { metric: "loss" } : { metric: "divergence" } }],
          prompt: { prompt: text },
          contrast: null,
          answer: "",
          layers: overview.model.layers,
        }}
      />
    </article>
  );
}
