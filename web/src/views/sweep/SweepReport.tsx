import { useDeferredValue, useMemo } from "react";
import { PointingProvider } from "../../figure/pointing";
import type { SweepRecord } from "../../record/sweep";
import { sweepFacts } from "../../record/sweepFacts";
import { EffectsSection } from "./EffectsSection";
import { PairsSection } from "./PairsSection";
import { PooledSection } from "./PooledSection";
import { SureSection } from "./SureSection";
import { SweepInspector } from "./SweepInspector";
import { SweepLimits } from "./SweepLimits";
import { SweepOpening } from "./SweepOpening";

/** What a sweep asked and found, from the question to what was not shown; its first screen is drawn before the rest. */
export function SweepReport(props: { record: SweepRecord }) {
  const known = useMemo(() => sweepFacts(props.record), [props.record]);
  const limits = useMemo(
    () => ({
      components: new Set<string>(),
      layers: -1,
      positions: 0,
      questions: new Set(known.answers.keys()),
      pairs: known.record.extent.pairs === 1 ? 0 : known.record.pairs.length,
    }),
    [known],
  );
  const whole = useDeferredValue(true, false);
  const pooled = known.record.asked.pooled !== undefined;
  return (
    <PointingProvider limits={limits}>
      <main className="sheet sweep" aria-busy={!whole}>
        <SweepOpening facts={known} />
        <EffectsSection facts={known} no={1} />
        {whole && (
          <>
            <SureSection facts={known} no={2} />
            {pooled && <PooledSection facts={known} no={3} />}
            <PairsSection facts={known} no={pooled ? 4 : 3} />
            <SweepLimits facts={known} no={pooled ? 5 : 4} />
            <SweepInspector facts={known} />
          </>
        )}
      </main>
    </PointingProvider>
  );
}
