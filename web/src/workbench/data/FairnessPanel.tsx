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

/** Slices with their thresholds, confusion and rates, the gaps between them, and the curves of all rows; of one model or two. */
export function FairnessPanel({ found, second }: { found: FairnessFound; second: FairnessFound | null }) {
  const { curves } = found;
  const other = second?.curves;
  return (
    <>
      <Slices found={found} name={second === null ? "" : "The first model"} gap="data-gap" />
      {second !== null && <Slices found={second} name="The second model" gap="data-second-gap" />}
      <p className="soft">TPR: of the rows labelled 1, the share predicted 1; FPR: the same of the rows labelled 0.</p>
      <div className="data-charts">
        <Curve name="roc" title="ROC" x="false positive rate" y="true positive rate" of={both(curves.roc, curves.rocArea, other?.roc, other?.rocArea)} />
        <Curve
          name="precision-recall"
          title="Precision and recall"
          x="recall"
          y="precision"
          of={both(curves.precisionRecall, curves.precisionArea, other?.precisionRecall, other?.precisionArea)}
        />
      </div>
    </>
  );
}

/** @property area absent where it has no meaning */
interface Line {
  points: readonly CurvePoint[];
  area: number | undefined;
}

function both(points: readonly CurvePoint[], area: number | undefined, others: readonly CurvePoint[] | undefined, otherArea: number | undefined): Line[] {
  return [{ points, area }, ...(others === undefined ? [] : [{ points: others, area: otherArea }])];
}

function Slices({ found, name, gap }: { found: FairnessFound; name: string; gap: string }) {
  const { fairness } = found;
  const { gaps } = fairness;
  const rows = fairness.slices.length > 1 ? [...fairness.slices, fairness.all] : fairness.slices;
  return (
    <>
      {name !== "" && <h3 className="of-model">{name}: {found.about}</h3>}
      <div className="scroll" tabIndex={0} role="region" aria-label={name === "" ? "Slices" : `Slices, ${name.toLowerCase()}`}>
        <table className="slices">
          <thead>
            <tr>
              {["slice", "rows", "TP", "FP", "TN", "FN", "threshold", "accuracy", "predicted 1", "TPR", "FPR"].map((head) => (
                <th key={head} scope="col">
                  {head}
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
      <p {...{ [gap]: gaps.truePositive ?? "" }}>
        Gaps between slices: accuracy {rate(gaps.accuracy)}, predicted 1 {rate(gaps.positive)}, TPR {rate(gaps.truePositive)}, FPR {rate(gaps.falsePositive)}. All errors
        cost {number(fairness.cost, 1)} false negatives.
      </p>
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

function Curve(props: { name: string; title: string; x: string; y: string; of: readonly Line[] }) {
  const { of, x, y } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      width,
      height: 220,
      x: { label: x, domain: [0, 1] },
      y: { label: y, domain: [0, 1] },
      marks: of.map((line, i) => Plot.line(line.points, { x: "x", y: "y", stroke: "currentColor", ...(i === 0 ? {} : { strokeDasharray: "4 3" }) })),
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the list is new each time, its curves are not
    [of[0]?.points, of[1]?.points, x, y],
  );
  return (
    <Figure
      name={props.name}
      title={props.title}
      caption={of.length === 1 ? `area ${rate(of[0]!.area)}` : `area ${rate(of[0]!.area)} of the first model; dashed, the second: ${rate(of[1]!.area)}`}
      data={() => ({ columns: ["model", "threshold", x, y], rows: of.flatMap((line, i) => line.points.map((point) => [i + 1, point.threshold ?? "", point.x, point.y])) })}
    >
      <PlotFigure label={props.title} draw={draw} />
    </Figure>
  );
}
