import { useDeferredValue, useMemo } from "react";
import { PointingProvider } from "../figure/pointing";
import { componentNames } from "../record/component";
import type { Explanation } from "../record/explanation";
import { facts, isWhole } from "../record/facts";
import type { Draft } from "../record/routes";
import { CircuitSection } from "./CircuitSection";
import { FeaturesSection } from "./FeaturesSection";
import { Inspector } from "./Inspector";
import { KindsSection } from "./KindsSection";
import { LensSection } from "./LensSection";
import { LimitsSection } from "./LimitsSection";
import { Opening } from "./Opening";
import { PatternsSection } from "./PatternsSection";
import { PatchingSection } from "./PatchingSection";
import { Awaited, type Standing } from "./Section";
import { WritersSection } from "./WritersSection";

/**
 * The story of one prediction, from the prompt to what was not shown; its first screen is drawn before the rest, and
 * what is still to be measured has its place.
 *
 * @param isGoing whether what is missing is still to come
 */
export function Report(props: { record: Draft | Explanation; isGoing?: boolean }) {
  const { record } = props;
  const isGoing = props.isGoing === true;
  const known = useMemo(() => facts(record), [record]);
  const { layers, heads } = record.model;
  const positions = record.prompt.tokens.length;
  const limits = useMemo(() => ({ components: componentNames(layers, heads), layers, positions }), [layers, heads, positions]);
  const { patching, attribution, circuit, kinds } = record;
  const standing = (part: string): Standing =>
    !known.estimated.has(part) ? "measured" : isGoing ? "estimated" : "only estimated";
  const whole = useDeferredValue(true, false);
  return (
    <PointingProvider limits={limits}>
      <main className="sheet" aria-busy={!whole}>
        <Opening facts={known} />
        <LensSection facts={known} />
        {whole && (
          <>
            {patching === undefined ? (
              <Awaited no={2} title="What carries it" isGoing={isGoing} />
            ) : (
              <PatchingSection facts={known} patching={patching} standing={standing("PATCHING")} />
            )}
            {attribution === undefined ? (
              <Awaited no={3} title="Who writes it" isGoing={isGoing} />
            ) : (
              <WritersSection facts={known} attribution={attribution} standing={standing("ATTRIBUTION")} />
            )}
            {circuit === undefined ? (
              <Awaited no={4} title="The circuit" isGoing={isGoing} />
            ) : (
              <CircuitSection facts={known} circuit={circuit} standing={standing("CIRCUIT")} />
            )}
            {kinds === undefined ? (
              <Awaited no={5} title="What kind of heads they are" isGoing={isGoing} />
            ) : (
              <KindsSection facts={known} kinds={kinds} />
            )}
            {record.patterns !== undefined && <PatternsSection facts={known} patterns={record.patterns} standing={standing("CIRCUIT")} />}
            {isWhole(record) && (
              <>
                {record.features.map((features, i) => (
                  <FeaturesSection key={features.dictionary} no={7 + i} facts={known} features={features} />
                ))}
                <LimitsSection record={record} />
              </>
            )}
            <Inspector facts={known} />
          </>
        )}
      </main>
    </PointingProvider>
  );
}
