import type { Comparison } from "../../record/routes";
import { count, number, signed } from "../../record/words";

/** Two models on the same rows: how often they predict alike, which has labels right, and where they differ. */
export function ComparePanel({ found, choose }: { found: Comparison; choose: (row: number) => void }) {
  const alike = found.bothOne + found.bothZero;
  const judged = found.judged;
  return (
    <div className="compared" data-alike={alike}>
      <p>
        The two predict alike in {count(alike)} of {count(found.rows)} rows; 1 by the first alone in {count(found.firstOnly)}, by the second alone in {count(found.secondOnly)}. The
        second scores {signed(found.meanDifference, 3)} in the mean; the scores are {number(found.meanDistance)} apart.
      </p>
      {judged !== undefined && (
        <p data-first-right={judged.firstOnlyRight} data-second-right={judged.secondOnlyRight}>
          Of labelled rows, both have {count(judged.bothRight)} right, the first alone {count(judged.firstOnlyRight)}, the second alone {count(judged.secondOnlyRight)}, neither{" "}
          {count(judged.bothWrong)}; were either as likely to be right, a split so uneven had p {judged.p < 0.001 ? "< 0.001" : `= ${number(judged.p)}`} (McNemar, exact).
        </p>
      )}
      {found.slices.length > 1 && (
        <p>
          Predicted otherwise:{" "}
          {found.slices.map((slice) => `${slice.name} ${slice.differ} of ${slice.rows}`).join("; ")}.
        </p>
      )}
      <p className="choices" role="group" aria-label="Rows that are furthest apart">
        {found.furthest.map((one) => (
          <button key={one.row} title={one.differ ? "predicted otherwise" : "predicted alike"} onClick={() => choose(one.row)}>
            row {one.row}: {number(one.first)} and {number(one.second)}
          </button>
        ))}
      </p>
    </div>
  );
}
