import { useDeferredValue, useMemo } from "react";
import { PointingProvider } from "../figure/pointing";
import type { Explanation } from "../record/explanation";
import { facts } from "../record/facts";
import { CircuitSection } from "./CircuitSection";
import { FeaturesSection } from "./FeaturesSection";
import { Inspector } from "./Inspector";
import { KindsSection } from "./KindsSection";
import { LensSection } from "./LensSection";
import { LimitsSection } from "./LimitsSection";
import { Opening } from "./Opening";
import { PatternsSection } from "./PatternsSection";
import { PatchingSection } from "./PatchingSection";
import { WritersSection } from "./WritersSection";

/** The story of one prediction, from the prompt to what was not shown; its first screen is drawn before the rest. */
export function Report(props: { record: Explanation }) {
  const known = useMemo(() => facts(props.record), [props.record]);
  const limits = useMemo(
    () => ({
      components: new Set(known.effects.keys()),
      layers: known.record.model.layers,
      positions: known.record.prompt.tokens.length,
    }),
    [known],
  );
  const whole = useDeferredValue(true, false);
  return (
    <PointingProvider limits={limits}>
      <main className="sheet" aria-busy={!whole}>
        <Opening facts={known} />
        <LensSection facts={known} />
        {whole && (
          <>
            <PatchingSection facts={known} />
            <WritersSection facts={known} />
            <CircuitSection facts={known} />
            <KindsSection facts={known} />
            <PatternsSection facts={known} />
            {known.record.features.map((features, i) => (
              <FeaturesSection key={features.dictionary} no={7 + i} facts={known} features={features} />
            ))}
            <LimitsSection facts={known} />
            <Inspector facts={known} />
          </>
        )}
      </main>
    </PointingProvider>
  );
}
