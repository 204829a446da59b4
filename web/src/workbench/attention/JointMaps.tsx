import { useMemo } from "react";
import { Figure } from "../../figure/Figure";
import { Missing, PointingProvider, usePointing } from "../../figure/pointing";
import { component, componentNames, headName } from "../../record/component";
import type { JointOverview } from "../../record/routes";
import { counted, number } from "../../record/words";
import { Brief } from "../Brief";
import { wordOf, type Address } from "../address";
import { JobLine, Stopped } from "../states";
import { useJob } from "../useJob";
import { JointSheet } from "./JointSheet";
import { ofBytes } from "./packed";
import { ThumbnailGrid, washed } from "./ThumbnailGrid";

export interface JointProps {
  model: string;
  text: string;
  address: Address;
  go: (to: Address, replace?: boolean) => void;
}

/** What of a text is read by itself: as the address says, else its lines where it has several. */
export function splitOf(address: Address, text: string): "LINES" | "SENTENCES" {
  const said = address.of["split"];
  if (said === "lines" || said === "sentences") return said === "lines" ? "LINES" : "SENTENCES";
  return /\S\s*\n\s*\S/.test(text) ? "LINES" : "SENTENCES";
}

/** Queries and keys of many sentences: a small map of each head, one of them whole. */
export function JointMaps(props: JointProps) {
  const { model, text, address, go } = props;
  const split = splitOf(address, text);
  const asked = text.trim() === "" ? null : { model, text, split };
  const progress = useJob("joint", asked, wordOf(address));
  return (
    <>
      <div className="choices shown" role="group" aria-label="What is read by itself">
        {(["lines", "sentences"] as const).map((one) => (
          <button key={one} aria-pressed={split === one.toUpperCase()} onClick={() => go({ view: "attention", of: { ...address.of, split: one }, isAsked: true }, true)}>
            {one === "lines" ? "each line by itself" : "each sentence by itself"}
          </button>
        ))}
      </div>
      <Brief run="joint" asked={asked} />
      {asked === null && (
        <main className="sheet start" aria-busy="false">
          <h1>Paste some hundred sentences, or a text that has them. Here you see all queries and keys of each head on one map.</h1>
          <p className="soft">Each sentence is read by itself. Up to 10,000 tokens are taken; a thousand take some seconds.</p>
        </main>
      )}
      {progress.state === "going" && <JobLine going={progress} words="The model reads the sentences:" />}
      {progress.state === "stopped" && <Stopped stop={progress} cancelled="The reading of these sentences was cancelled." />}
      {progress.state === "here" && <Maps key={progress.job.id} {...props} overview={progress.value} />}
    </>
  );
}

function Maps(props: JointProps & { overview: JointOverview }) {
  const { overview } = props;
  const { layers, heads } = overview.model;
  const limits = useMemo(() => ({ components: componentNames(layers, heads), layers, positions: 0 }), [layers, heads]);
  return (
    <PointingProvider limits={limits}>
      <Sheet {...props} />
    </PointingProvider>
  );
}

function Sheet(props: JointProps & { overview: JointOverview }) {
  const { overview } = props;
  const { layers, heads } = overview.model;
  const { selection } = usePointing();
  const chosen = selection.component === null ? null : component(selection.component);
  const paint = useMemo(() => {
    const shade = (part: number) => 0.85 * part;
    return washed(layers, heads, overview.side, [
      { cells: ofBytes(overview.keys), ink: "--ink", shade },
      { cells: ofBytes(overview.queries), ink: "--plus", shade },
    ]);
  }, [overview, layers, heads]);
  const tokens = overview.texts.reduce((sum, text) => sum + text.length, 0);
  return (
    <main className="sheet attention" aria-busy="false">
      <Missing />
      <div className="attention-columns">
        <div className="all-heads">
          <h2>
            <span className="no">
              {counted(overview.texts.length, "sentence")}, {counted(tokens, "token")}
            </span>
            All heads
          </h2>
          <p className="soft">
            Layers upwards, heads across; in each picture <span className="of-query">queries</span> and <span className="of-key">keys</span> on the plane where they vary most.
            Scaling lets distance tell more of the score in {overview.better} of {layers * heads} heads, and changes no weight by more than {overview.drift.toExponential(0)}.
          </p>
          <Figure name="joint-heads" title="Joint maps" caption="the table has by how much each head is scaled, and how far distance tells its score" data={() => headTable(overview)}>
            <ThumbnailGrid
              layers={layers}
              heads={heads}
              paint={paint}
              marked={() => false}
              read={(layer, head) => ({
                title: headName(layer, head),
                lines: [
                  ["r scaled", number(overview.correlation[layer]![head]!, 2)],
                  ["unscaled", number(overview.unscaled[layer]![head]!, 2)],
                  ["queries times", number(overview.c[layer]![head]!, 2)],
                ],
              })}
            />
          </Figure>
        </div>
        {chosen === null || chosen.head === null ? (
          <p className="nothing-yet">Choose a head to see its queries and keys, search a word among them, and open a sentence.</p>
        ) : (
          <JointSheet {...props} key={selection.component} split={splitOf(props.address, props.text)} layer={chosen.layer} head={chosen.head} />
        )}
      </div>
    </main>
  );
}

function headTable(overview: JointOverview) {
  return {
    columns: ["layer", "head", "c", "r scaled", "r unscaled"],
    rows: overview.c.flatMap((ofLayer, layer) => ofLayer.map((c, head) => [layer, head, c, overview.correlation[layer]![head]!, overview.unscaled[layer]![head]!])),
  };
}
