import * as Plot from "@observablehq/plot";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";
import type { ColumnSummary, FairnessAsked, PointFound } from "../../record/routes";
import { number, short, signed } from "../../record/words";
import { written } from "../address";
import { Brief } from "../Brief";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { lettersOf } from "./points";
import { TokensPanel } from "./TokensPanel";
import { cellProblem, changesOf, changesText } from "./typed";

/**
 * A datapoint: its values to be changed and run again, beside the most similar row that is predicted otherwise, by each
 * model its own.
 *
 * @param changed values that are run in place of the row's own, as the address holds them
 */
export function PointPanel(props: {
  job: string;
  other: string | null;
  row: number;
  norm: string;
  judged: FairnessAsked | null;
  model: string;
  column: string;
  columns: readonly ColumnSummary[];
  changed: string;
  choose: (change: Record<string, string>) => void;
}) {
  const { job, other, row, norm, judged } = props;
  const numeric = useMemo(() => Object.fromEntries(props.columns.map((one) => [one.name, one.numeric])), [props.columns]);
  const changes = changesOf(props.changed, numeric);
  const plain = { job, row, norm, ...(judged === null ? {} : { judged }) };
  const point = useAnswer(JSON.stringify(plain), (signal) => ask("POST /api/whatif/point", plain, {}, signal));
  const own = point.state === "here" ? point.value : point.state === "asked" && point.before?.row === row ? point.before : null;
  const isChanged = Object.keys(changes.value ?? {}).length > 0;
  const values = own === null || !isChanged ? null : own.columns.map((name, i) => changes.value![name] ?? own.values[i]!);
  const asked = { ...plain, ...(values === null ? {} : { values }) };
  const again = useAnswer(values === null ? null : JSON.stringify(asked), (signal) => ask("POST /api/whatif/point", asked, {}, signal));
  const askedToo = other === null || (isChanged && values === null) ? null : { ...asked, job: other, ...(judged === null ? {} : { judged: { ...judged, job: other } }) };
  const second = useAnswer(askedToo === null ? null : JSON.stringify(askedToo), (signal) => ask("POST /api/whatif/point", askedToo!, {}, signal));
  const foundToo = other === null ? null : second.state === "here" ? second.value : second.state === "asked" && second.before?.row === row ? second.before : null;
  const ran = again.state === "here" ? again.value : again.state === "asked" && again.before?.row === row ? again.before : null;
  const found = values === null ? own : (ran ?? own);
  return (
    <>
      {point.state === "failed" && <Failed message={point.message} again={point.again} />}
      {changes.problem !== null && <p role="alert">{changes.problem}</p>}
      {again.state === "failed" && <Failed message={again.message} again={again.again} />}
      {second.state === "failed" && <Failed message={second.message} again={second.again} />}
      {found === null ? point.state === "asked" && <Waiting words="The datapoint is looked up." /> : <Values key={`${job} ${row}`} {...props} numeric={numeric} found={found} second={foundToo} values={values ?? found.values} asked={other === null ? plain : { ...plain, other }} />}
      {found !== null && <Prompts jobs={[job, other]} found={[found, foundToo]} />}
      {found !== null && <DependenceFigure job={job} other={other} columns={found.columns.filter((name) => found.seen.includes(name) || (foundToo?.seen.includes(name) ?? false))} values={values ?? found.values} column={props.column} choose={props.choose} />}
    </>
  );
}

/** The prompts that the models ran on: one for both where it is the same. */
function Prompts({ jobs, found }: { jobs: readonly (string | null)[]; found: readonly (PointFound | null)[] }) {
  const prompted = found.flatMap((one, i) => (one?.prompt === undefined || jobs[i] == null ? [] : [{ job: jobs[i], prompt: one.prompt, name: i === 0 ? "The first model" : "The second model" }]));
  const isPair = found[1] !== null;
  const [first, second] = prompted;
  if (first === undefined) return null;
  const groups = second === undefined ? [[first]] : first.prompt === second.prompt ? [[first, second]] : [[first], [second]];
  return groups.map((group) => (
    <TokensPanel
      key={`${group.map((one) => one.job).join(" ")} ${group[0]!.prompt}`}
      jobs={group.map((one) => one.job)}
      prompt={group[0]!.prompt}
      names={isPair ? group.map((one) => one.name) : [""]}
    />
  ));
}

function Standing({ found, name }: { found: PointFound; name: string }) {
  const now = found.edited ?? found.score;
  return (
    <>
      {name} scores <strong className="number">{number(found.score)}</strong>
      {found.edited !== undefined && (
        <>
          , with the values below <strong className="number" data-edited={found.edited}>{number(found.edited)}</strong> ({signed(found.edited - found.score, 3)})
        </>
      )}
      ; predicted {now >= found.threshold ? 1 : 0} at the threshold {number(found.threshold)}.
    </>
  );
}

/** The row that is nearest of those that a model predicts otherwise. */
interface Near {
  /** To whom: " by the first model"; empty where there is one model. */
  by: string;
  of: PointFound["nearest"];
}

function nearOf(found: PointFound, second: PointFound | null): Near[] {
  return second === null ? [{ by: "", of: found.nearest }] : [{ by: " by the first model", of: found.nearest }, { by: " by the second model", of: second.nearest }];
}

function NearSentence({ near, norm }: { near: Near; norm: string }) {
  const { of, by } = near;
  return of === undefined ? (
    <p className="soft">No row is predicted otherwise{by}.</p>
  ) : (
    <p className="soft" data-nearest={of.row} data-differing={of.differing.join(",")}>
      {by === "" ? "Row" : `Predicted otherwise${by}: row`} {of.row} scores {number(of.score)}; {norm} distance {number(of.distance)}. It differs in {of.differing.join(", ") || "nothing that counts"}.
    </p>
  );
}

function Values(props: {
  found: PointFound;
  second: PointFound | null;
  norm: string;
  model: string;
  numeric: Readonly<Record<string, boolean>>;
  values: readonly string[];
  asked: object;
  choose: (change: Record<string, string>) => void;
}) {
  const { found, choose, values } = props;
  const [typed, setTyped] = useState(values);
  const shown = JSON.stringify(values);
  useEffect(() => setTyped(JSON.parse(shown) as string[]), [shown]);
  const problems = found.columns.flatMap((name, i) => cellProblem(name, props.numeric[name] ?? false, typed[i]!) ?? []);
  const near = nearOf(found, props.second);
  const rows = [...new Set(near.flatMap(({ of }) => of?.row ?? []))];
  const now = found.edited ?? found.score;
  return (
    <form
      className="datapoint"
      onSubmit={(event) => {
        event.preventDefault();
        if (problems.length === 0) choose({ values: changesText(found.columns, found.values, typed) });
      }}
    >
      <p data-score={now}>
        <Standing found={found} name={`Row ${found.row}`} />
      </p>
      {props.second !== null && (
        <p data-second-score={props.second.edited ?? props.second.score}>
          <Standing found={props.second} name="By the second model it" />
        </p>
      )}
      <Brief run="point" asked={problems.length > 0 ? null : { ...props.asked, values: typed }} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Values">
        <table>
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">row {found.row}</th>
              {near.map(({ by, of }) => (
                <th key={by} scope="col">
                  {of === undefined ? `no counterfactual${by}` : `row ${of.row}, predicted otherwise${by}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.columns.map((name, i) => (
              <tr key={name} data-differs={near.some(({ of }) => of?.differing.includes(name) ?? false)}>
                <th scope="row">{name}</th>
                <td>
                  <input aria-label={name} placeholder="missing" aria-invalid={cellProblem(name, props.numeric[name] ?? false, typed[i]!) !== null} value={typed[i]} onChange={(event) => setTyped(typed.map((text, at) => (at === i ? event.target.value : text)))} />
                </td>
                {near.map(({ by, of }) => (
                  <td key={by} data-differs={of?.differing.includes(name) ?? false}>
                    {of?.values[i] ?? ""}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="row">
        <button type="submit" className="measure" disabled={typed.every((text, i) => text === values[i]) || problems.length > 0}>
          run again
        </button>
        <button
          type="button"
          disabled={found.edited === undefined}
          onClick={() => {
            setTyped(found.values);
            choose({ values: "" });
          }}
        >
          as it was
        </button>
        {rows.map((row) => (
          <button key={row} type="button" onClick={() => choose({ row: String(row) })}>
            go to row {row}
          </button>
        ))}
        {found.prompt !== undefined && (
          <a href={written({ view: "lens", of: { prompt: found.prompt, ...(props.model === "" ? {} : { model: props.model }) } })}>its prompt in the Lens</a>
        )}
      </p>
      {problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      {near.map((one) => (
        <NearSentence key={one.by} near={one} norm={props.norm} />
      ))}
    </form>
  );
}

function DependenceFigure(props: { job: string; other: string | null; columns: readonly string[]; values: string[]; column: string; choose: (change: Record<string, string>) => void }) {
  const { job, other, columns, values, choose } = props;
  const column = columns.includes(props.column) ? props.column : (columns[0] ?? "");
  const asked = { job, column, values, rows: 30, seed: 0 };
  const found = useAnswer(column === "" ? null : JSON.stringify(asked), (signal) => ask("POST /api/whatif/dependence", asked, {}, signal));
  const askedToo = { ...asked, job: other ?? "", rows: 0 };
  const second = useAnswer(other === null ? null : JSON.stringify(askedToo), (signal) => ask("POST /api/whatif/dependence", askedToo, {}, signal));
  const shown = found.state === "here" ? found.value : null;
  const beside = other !== null && second.state === "here" && second.value.column === shown?.column ? second.value : null;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const lines = (shown?.values ?? []).flatMap((value, i) => [
        { value: shown!.numeric ? Number(value) : value, score: shown!.point[i]!, of: "this datapoint" },
        { value: shown!.numeric ? Number(value) : value, score: shown!.mean[i]!, of: "mean of rows" },
        ...(beside?.point[i] === undefined ? [] : [{ value: shown!.numeric ? Number(value) : value, score: beside.point[i], of: "second model" }]),
      ]);
      const mark = (of: string) => lines.filter((one) => one.of === of);
      const marks = shown?.numeric
        ? [
            Plot.line(mark("this datapoint"), { x: "value", y: "score", stroke: "currentColor" }),
            Plot.line(mark("mean of rows"), { x: "value", y: "score", stroke: "currentColor", strokeDasharray: "4 3" }),
            Plot.line(mark("second model"), { x: "value", y: "score", stroke: "currentColor", strokeOpacity: 0.5 }),
          ]
        : [];
      return {
        width,
        height: 220,
        x: { label: column, ...(shown?.numeric ? {} : { type: "point" as const, tickFormat: (value: unknown) => short(String(value), lettersOf(width, shown?.values.length ?? 1)) }) },
        y: { label: "score", domain: [0, 1] },
        marks: [
          ...marks,
          Plot.dot(mark("this datapoint"), { x: "value", y: "score", fill: "currentColor", r: 4 }),
          Plot.dot(mark("mean of rows"), { x: "value", y: "score", stroke: "currentColor", r: 4 }),
          Plot.dot(mark("second model"), { x: "value", y: "score", stroke: "currentColor", symbol: "square", r: 4 }),
        ],
      };
    },
    [shown, beside, column],
  );
  const range = shown === null || shown.point.length === 0 ? 0 : Math.max(...shown.point) - Math.min(...shown.point);
  return (
    <>
      <p className="row">
        <label>
          partial dependence on{" "}
          <select value={column} onChange={(event) => choose({ column: event.target.value })}>
            {columns.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {props.column !== "" && column !== props.column && <span className="soft">The model is not given {props.column}: no other value there changes its score.</span>}
      </p>
      {found.state === "asked" && <Waiting words="The model runs with other values." />}
      {found.state === "failed" && <Failed message={found.message} again={found.again} />}
      {shown !== null && (
        <div data-dependence={shown.column} data-range={range}>
          <Figure
            name="dependence"
            title={`Score by ${shown.column}`}
            caption={`Filled: this datapoint, which moves by ${number(range)}. Open: the mean of ${shown.rows} rows.${beside === null ? "" : " Squares: this datapoint by the second model."}`}
            data={() => ({ columns: [shown.column, "this datapoint", "mean", "second model"], rows: shown.values.map((value, i) => [value, shown.point[i]!, shown.mean[i]!, beside?.point[i] ?? ""]) })}
          >
            <PlotFigure label={`Score by ${shown.column}`} draw={draw} />
          </Figure>
        </div>
      )}
    </>
  );
}
