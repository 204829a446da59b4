import { useDeferredValue, useMemo } from "react";
import { Missing, PointingProvider } from "../figure/pointing";
import { componentNames } from "../record/component";
import type { Explanation } from "../record/explanation";
import { facts, isWhole, type Facts } from "../record/facts";
import type { Limits } from "../selection";
import { CircuitSection } from "./CircuitSection";
import { FeaturesSection } from "./FeaturesSection";
import { Inspector, subject } from "./Inspector";
import { KindsSection } from "./KindsSection";
import { LensSection } from "./LensSection";
import { LimitsSection } from "./LimitsSection";
import { Opening } from "./Opening";
import { PatternsSection } from "./PatternsSection";
import { PatchingSection } from "./PatchingSection";
import { Awaited, type Standing } from "./Section";
import { WritersSection } from "./WritersSection";

/** The story of one prediction, from the prompt to what was not shown; its first screen is drawn before the rest. */
export function Report(props: { record: Explanation }) {
  const { record } = props;
  const known = useMemo(() => facts(record), [record]);
  const limits = useMemo(() => limitsOf(record.model, record.prompt), [record]);
  const whole = useDeferredValue(true, false);
  return (
    <PointingProvider limits={limits}>
      <main className="sheet" aria-busy={!whole}>
        <Missing />
        <ReportSheets facts={known} whole={whole} isGoing={false} />
        <Inspector facts={known} subject={subject(known)} />
      </main>
    </PointingProvider>
  );
}

/** What can be chosen in a run. */
export function limitsOf(model: { layers: number; heads: number }, prompt: { tokens: readonly unknown[] }): Limits {
  return { components: componentNames(model.layers, model.heads), layers: model.layers, positions: prompt.tokens.length };
}

/**
 * The sheets of an explanation; what is still to be measured has its place.
 *
 * @param whole whether more than the first screen is drawn
 * @param isGoing whether what is missing is still to come
 */
export function ReportSheets(props: { facts: Facts; whole: boolean; isGoing: boolean }) {
  const { facts: known, whole, isGoing } = props;
  const { record } = known;
  const { patching, attribution, circuit, kinds } = record;
  const standing = (part: string): Standing =>
    !known.estimated.has(part) ? "measured" : isGoing ? "estimated" : "only estimated";
  return (
    <>
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
        </>
      )}
    </>
  );
}
