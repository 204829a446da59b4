import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";
import type { CurvePoint, FairnessFound, SliceFound } from "../../record/routes";
import { number } from "../../record/words";

export const STRATEGIES = [
  ["SINGLE", "one threshold"],
  ["GROUP", "each slice's own"],
  ["DEMOGRAPHIC_PARITY", "demographic parity"],
  ["EQUAL_OPPORTUNITY", "equal opportunity"],
  ["EQUAL_ACCURACY", "equal accuracy"],
] as const;

/** Slices with their thresholds, confusion and rates, the gaps between them, and the curves of all rows. */
export function FairnessPanel({ found }: { found: FairnessFound }) {
  const { fairness, curves } = found;
  const { gaps } = fairness;
  const rows = fairness.slices.length > 1 ? [...fairness.slices, fairness.all] : fairness.slices;
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Slices">
        <table className="slices">
          <thead>
            <tr>
              {["slice", "rows", "TP", "FP", "TN", "FN", "threshold", "accuracy", "predicted 1", "TPR", "FPR"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((slice) => (
              <Row key={slice.name} slice={slice} />
            ))}
          </tbody>
        </table>
      </div>
      <p data-gap={gaps.truePositive ?? ""}>
        Gaps between slices: accuracy {rate(gaps.accuracy)}, predicted 1 {rate(gaps.positive)}, TPR {rate(gaps.truePositive)}, FPR {rate(gaps.falsePositive)}. All errors
        cost {number(fairness.cost, 1)} false negatives.
      </p>
      <p className="soft">TPR: of the rows labelled 1, the share predicted 1; FPR: the same of the rows labelled 0.</p>
      <div className="data-charts">
        <Curve name="roc" title="ROC" x="false positive rate" y="true positive rate" points={curves.roc} area={curves.rocArea} />
        <Curve name="precision-recall" title="Precision and recall" x="recall" y="precision" points={curves.precisionRecall} area={curves.precisionArea} />
      </div>
    </>
  );
}

function Row({ slice }: { slice: SliceFound }) {
  const { confusion, rates } = slice;
  return (
    <tr data-slice={slice.name} data-threshold={slice.threshold ?? ""}>
      <th scope="row">{slice.name}</th>
      <td>{slice.labelled}</td>
      <td>{confusion.truePositives}</td>
      <td>{confusion.falsePositives}</td>
      <td>{confusion.trueNegatives}</td>
      <td>{confusion.falseNegatives}</td>
      {[slice.threshold, rates.accuracy, rates.positive, rates.truePositive, rates.falsePositive].map((value, i) => (
        <td key={i}>{rate(value)}</td>
      ))}
    </tr>
  );
}

function rate(value: number | undefined): string {
  return value === undefined ? "–" : number(value);
}

function Curve(props: { name: string; title: string; x: string; y: string; points: readonly CurvePoint[]; area: number | undefined }) {
  const { points, x, y } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      width,
      height: 220,
      x: { label: x, domain: [0, 1] },
      y: { label: y, domain: [0, 1] },
      marks: [Plot.line(points, { x: "x", y: "y", stroke: "currentColor" })],
    }),
    [points, x, y],
  );
  return (
    <Figure
      name={props.name}
      title={props.title}
      caption={`area ${rate(props.area)}`}
      data={() => ({ columns: ["threshold", x, y], rows: points.map((point) => [point.threshold ?? "", point.x, point.y]) })}
    >
      <PlotFigure label={props.title} draw={draw} />
    </Figure>
  );
}
