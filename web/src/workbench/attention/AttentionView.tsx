import { useEffect, useMemo } from "react";
import { Figure } from "../../figure/Figure";
import { Missing, PointingProvider, usePointing } from "../../figure/pointing";
import { component, componentNames, headName } from "../../record/component";
import type { HeadKinds } from "../../record/explanation";
import type { AttentionOverview } from "../../record/routes";
import { bar, kindsOf } from "../../record/heads";
import type { Table } from "../../record/tables";
import { counted, number } from "../../record/words";
import { Brief } from "../Brief";
import { wordOf } from "../address";
import { ask } from "../client";
import { Failed, JobLine, Stopped, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { HeadSheet } from "./HeadSheet";
import { JointMaps } from "./JointMaps";
import { isLong } from "./long";
import { ofBytes } from "./packed";
import { TextForm } from "./TextForm";
import { ThumbnailGrid, washed } from "./ThumbnailGrid";

/** Where heads look: all of them as small pictures, one of them whole. */
export function AttentionView({ address, go, about }: ViewProps) {
  const model = address.of["model"] ?? about.models.find((one) => one.usual)?.name ?? "";
  const text = address.of["prompt"] ?? "";
  const isMaps = address.of["show"] === "maps";
  const key = text.trim() === "" || isMaps ? null : JSON.stringify([model, text]);
  const isAwaited = isLong(text);
  const answer = useAnswer(isAwaited ? null : key, (signal) => ask("POST /api/attention", { model, text }, {}, signal));
  const job = useJob("attention", isAwaited && key !== null ? { model, text } : null, wordOf(address));
  const overview = answer.state === "here" ? answer.value : job.state === "here" ? job.value : null;
  const kinds = useAnswer(overview !== null ? model : null, (signal) => ask("POST /api/kinds", { model }, {}, signal));
  useEffect(() => {
    document.title = "Attention – Cutaway";
  }, []);
  return (
    <>
      <TextForm text={text} submit={(prompt) => go({ view: "attention", of: { ...address.of, prompt }, isAsked: true })} />
      <div className="choices shown" role="group" aria-label="What is shown">
        <button aria-pressed={!isMaps} onClick={() => go({ view: "attention", of: without(address.of, ["show"]) })}>
          patterns of one text
        </button>
        <button aria-pressed={isMaps} onClick={() => go({ view: "attention", of: { ...address.of, show: "maps" } })}>
          queries and keys of many sentences
        </button>
      </div>
      {isMaps && <JointMaps model={model} text={text} address={address} go={go} />}
      {!isMaps && <Brief run="attention" asked={key === null ? null : { model, text }} />}
      {key === null && !isMaps && (
        <main className="sheet start" aria-busy="false">
          <h1>Type or paste a text, a thousand tokens if you like. Here you see where each head looks in it.</h1>
          <p className="soft">To look is not to use: what a head does is measured by taking it away, from here or in the lens.</p>
        </main>
      )}
      {answer.state === "asked" && <Waiting words="The model reads the text." />}
      {answer.state === "failed" && <Failed message={answer.message} again={answer.again} />}
      {job.state === "going" && <JobLine going={job} words="The model reads a long text, as long as this page is open:" />}
      {job.state === "stopped" && <Stopped stop={job} cancelled="The reading of this text was cancelled." />}
      {overview !== null && (
        <Heads
          key={key}
          model={model}
          text={text}
          overview={overview}
          kinds={kinds.state === "here" ? kinds.value : null}
          kind={address.of["kind"] ?? ""}
          showKind={(kind) => go({ view: "attention", of: { ...address.of, kind } }, true)}
        />
      )}
    </>
  );
}

function without(of: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name)));
}

function Heads(props: {
  model: string;
  text: string;
  overview: AttentionOverview;
  kinds: HeadKinds | null;
  kind: string;
  showKind: (kind: string) => void;
}) {
  const { overview } = props;
  const { layers, heads } = overview.model;
  const limits = useMemo(
    () => ({
      components: componentNames(layers, heads),
      layers,
      positions: overview.tokens.length,
    }),
    [layers, heads, overview],
  );
  return (
    <PointingProvider limits={limits}>
      <Sheet {...props} />
    </PointingProvider>
  );
}

function Sheet(props: Parameters<typeof Heads>[0]) {
  const { overview, kinds, kind, showKind } = props;
  const { selection } = usePointing();
  const shown = kinds?.kinds.find((one) => one.name === kind) ?? null;
  const chosen = selection.component === null ? null : component(selection.component);
  const paint = useMemo(
    () => washed(overview.model.layers, overview.model.heads, overview.side, [{ cells: ofBytes(overview.cells), ink: "--plus", shade: Math.sqrt }]), // as in the whole pattern
    [overview],
  );
  return (
    <main className="sheet attention" aria-busy={kinds === null}>
      <Missing />
      <div className="attention-columns">
        <div className="all-heads">
          <h2>
            <span className="no">
              {counted(overview.tokens.length, "token")}, {number(overview.milliseconds / 1000, 2)} s
            </span>
            All heads
          </h2>
          <p className="soft">Layers upwards, heads across; in each picture queries go down and keys across.</p>
          <div className="choices" role="group" aria-label="Kinds of heads">
            {kinds === null && <Waiting words="The kinds of heads are being measured." />}
            {kinds?.kinds.map((one) => (
              <button key={one.name} aria-pressed={one.name === kind} title={`${one.statistic}; control: ${one.control}`} onClick={() => showKind(one.name === kind ? "" : one.name)}>
                {one.name} {one.score.flat().filter((score) => score > bar(one)).length}
              </button>
            ))}
          </div>
          <Figure name="heads" title="Patterns" caption="a picture for each head; the table has where it looks and what it scores as each kind" data={() => headTable(overview, kinds)}>
            <ThumbnailGrid
              layers={overview.model.layers}
              heads={overview.model.heads}
              paint={paint}
              marked={(layer, head) => shown !== null && shown.score[layer]![head]! > bar(shown)}
              read={(layer, head) => ({
                title: headName(layer, head),
                lines: [
                  ["looks back", `${number(overview.distance[layer]![head]!, 1)} positions`],
                  ["on the first", number(overview.first[layer]![head]!, 2)],
                  ["kind", kinds === null ? "being measured" : kindsOf(kinds, headName(layer, head)).map((one) => one.name).join(", ") || "none"],
                  ...(shown === null ? [] : ([[shown.name, `${number(shown.score[layer]![head]!)} (bar ${number(bar(shown))})`]] as [string, string][])),
                ],
              })}
            />
          </Figure>
        </div>
        {chosen === null || chosen.head === null ? (
          <p className="nothing-yet">Choose a head to see its whole pattern, its queries and keys on one map, and what happens without it.</p>
        ) : (
          <HeadSheet model={props.model} text={props.text} overview={overview} kinds={kinds} layer={chosen.layer} head={chosen.head} />
        )}
      </div>
    </main>
  );
}

/** A row for each head: where it looks, and its score as each kind. */
function headTable(overview: AttentionOverview, kinds: HeadKinds | null): Table {
  const scored = kinds?.kinds ?? [];
  return {
    columns: ["layer", "head", "positions back", "weight on the first", ...scored.map(({ name }) => name)],
    rows: overview.distance.flatMap((ofLayer, layer) =>
      ofLayer.map((back, head) => [layer, head, back, overview.first[layer]![head]!, ...scored.map(({ score }) => score[layer]![head]!)]),
    ),
  };
}
