import * as Plot from "@observablehq/plot";
import { useCallback, useEffect, useMemo, useState, type FormEvent } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure, type Chart } from "../../figure/PlotFigure";
import type { ColumnSummary, FairnessAsked, Scoring, ScoringAsked, TableOverview } from "../../record/routes";
import { count, number } from "../../record/words";
import { Section } from "../../views/Section";
import { ask } from "../client";
import { Failed, JobLine, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { FairnessPanel, STRATEGIES } from "./FairnessPanel";
import { PointPanel } from "./PointPanel";
import { pointsOf, SCORE, spread, type Point } from "./points";

type To = (change: Record<string, string>) => void;
type Of = Readonly<Record<string, string>>;

/** A table of datapoints, what scores them, and what follows from the scores. */
export function DataView({ address, go }: ViewProps) {
  const of = address.of;
  const to: To = (change) => {
    const next = { ...of, ...change };
    go({ view: "data", of: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")) });
  };
  const name = of["table"] ?? "";
  const table = useAnswer(name === "" ? null : name, (signal) => ask("POST /api/tables/overview", { table: name }, {}, signal));
  useEffect(() => {
    document.title = `${name === "" ? "Data" : name} – Cutaway`;
  }, [name]);
  if (name === "") return <Tables open={(table) => to({ table })} />;
  return (
    <>
      <p className="path">
        <button onClick={() => go({ view: "data", of: of["model"] === undefined ? {} : { model: of["model"] } })}>all tables</button>
      </p>
      {table.state === "failed" && <Failed message={table.message} again={table.again} />}
      {table.state === "asked" && <Waiting words="The table is read." />}
      {table.state === "here" && <Opened key={table.value.sha256} table={table.value} of={of} to={to} />}
    </>
  );
}

function Tables(props: { open: (name: string) => void }) {
  const list = useAnswer("tables", (signal) => ask("GET /api/tables", null, {}, signal));
  const [name, setName] = useState("table.csv");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const made = (work: Promise<TableOverview>) => {
    setProblem("");
    work.then(
      (table) => props.open(table.name),
      (failure: unknown) => setProblem(failure instanceof Error ? failure.message : String(failure)),
    );
  };
  const keep = (event: FormEvent) => {
    event.preventDefault();
    made(ask("POST /api/tables", { name, text }));
  };
  return (
    <main className="sheet" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>Data</h1>
          <p className="verdict">
            A model scores the rows of a table. For whom is it wrong, what would have to be different for another answer, and which thresholds would be fair?
          </p>
        </div>
      </header>
      <Section no={1} title="Tables" told={<p className="soft">Those in <code>tables</code> of the workbench&apos;s folder.</p>}>
        {list.state === "failed" && <Failed message={list.message} again={list.again} />}
        {list.state === "here" &&
          (list.value.tables.length === 0 ? (
            <p className="soft">None is kept yet.</p>
          ) : (
            <p className="choices">
              {list.value.tables.map((table) => (
                <button key={table.name} onClick={() => props.open(table.name)}>
                  {table.name}
                </button>
              ))}
            </p>
          ))}
        <p className="row">
          <button onClick={() => made(ask("POST /api/tables/loans", { rows: 1000, bias: 1.5, seed: 0 }))}>make 1,000 loans with a planted bias</button>
        </p>
      </Section>
      <Section no={2} title="Another table" told={<p className="soft">CSV with a line of names, or JSON lines. A label is 1 or 0, yes or no.</p>}>
        <form className="data-form" onSubmit={keep}>
          <label>
            <span>a file</span>
            <input
              type="file"
              accept=".csv,.jsonl"
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file === undefined) return;
                setName(file.name);
                void file.text().then(setText);
              }}
            />
          </label>
          <label>
            <span>its name</span>
            <input value={name} onChange={(event) => setName(event.target.value)} />
          </label>
          <label className="wide">
            <span>or its text</span>
            <textarea rows={6} value={text} onChange={(event) => setText(event.target.value)} />
          </label>
          <button type="submit" disabled={text.trim() === ""}>
            keep it
          </button>
        </form>
        {problem !== "" && <p role="alert">{problem}</p>}
      </Section>
    </main>
  );
}

/** What the address says of the model that scores; null where it says too little. */
function scoringOf(table: TableOverview, of: Of): ScoringAsked | null {
  const basic = { table: table.name, sha256: table.sha256 };
  if (of["learn"] !== undefined) {
    const label = of["label"] ?? "";
    return { ...basic, learn: of["learn"], without: label === "" || label === of["learn"] ? [] : [label] };
  }
  if (of["template"] === undefined) return null;
  const edits = of["edits"];
  try {
    return {
      ...basic,
      model: of["model"] ?? "",
      template: of["template"],
      yes: of["yes"] ?? " yes",
      no: of["no"] ?? " no",
      ...(of["probe"] === undefined ? {} : { probe: of["probe"], positive: of["class"] ?? "" }),
      ...(edits === undefined ? {} : { edits: JSON.parse(edits) as unknown[] }),
    };
  } catch {
    return null;
  }
}

function Opened({ table, of, to }: { table: TableOverview; of: Of; to: To }) {
  const asked = useMemo(() => scoringOf(table, of), [table, of]);
  const run = useJob("score", asked);
  return (
    <main className="sheet" aria-busy={run.state === "going"}>
      <header className="plain">
        <div className="asked">
          <h1>{table.name}</h1>
          <p className="verdict">
            {count(table.rows)} rows{run.state === "here" && <>, scored by {run.value.about}</>}.
          </p>
        </div>
      </header>
      <Section no={1} title="What scores the rows" told={<p className="soft">A small net that learns a column, or the language model on a prompt made of each row.</p>}>
        <ScorerForm table={table} of={of} to={to} />
        {run.state === "going" && <JobLine going={run} words={run.draft === null ? "Rows are scored:" : `${count(run.draft.at.length)} of ${count(run.draft.rows)} rows are scored:`} />}
        {run.state === "stopped" && <Failed message={run.message} again={run.again} />}
      </Section>
      {run.state === "here" && <Scored table={table} job={run.job.id} scoring={run.value} of={of} to={to} />}
      <Section no={4} title="Columns" told={<p className="soft">What each column holds; of numbers ten bins, of texts the commonest.</p>}>
        <div className="scroll" tabIndex={0} role="region" aria-label="Columns">
          <table>
            <thead>
              <tr>
                {["column", "missing", "different", "least", "mean", "most"].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
                <th className="words">rows by value</th>
              </tr>
            </thead>
            <tbody>
              {table.columns.map((column) => (
                <ColumnRow key={column.name} column={column} />
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </main>
  );
}

function ColumnRow({ column }: { column: ColumnSummary }) {
  const most = Math.max(1, ...column.bins.map((bin) => bin.rows));
  const words = column.bins.map((bin) => `${bin.text}: ${bin.rows}`).join("; ");
  return (
    <tr>
      <th scope="row">{column.name}</th>
      <td>{column.missing}</td>
      <td>{column.distinct}</td>
      {[column.least, column.mean, column.most].map((value, i) => (
        <td key={i}>{value === undefined ? "–" : number(value, 2)}</td>
      ))}
      <td className="words">
        <svg width={12 * column.bins.length} height={24} role="img" aria-label={words}>
          <title>{words}</title>
          {column.bins.map((bin, i) => (
            <rect key={i} className="nothing" x={12 * i} width={10} y={24 - (22 * bin.rows) / most} height={(22 * bin.rows) / most} />
          ))}
        </svg>
      </td>
    </tr>
  );
}

function ScorerForm({ table, of, to }: { table: TableOverview; of: Of; to: To }) {
  const [learn, setLearn] = useState(of["learn"] ?? "");
  const [label, setLabel] = useState(of["label"] ?? "");
  const [template, setTemplate] = useState(of["template"] ?? "");
  const [yes, setYes] = useState(of["yes"] ?? " yes");
  const [no, setNo] = useState(of["no"] ?? " no");
  const [edits, setEdits] = useState(of["edits"] ?? "");
  const names = table.columns.map((column) => column.name);
  const labels = table.columns.filter((column) => column.distinct === 2).map((column) => column.name);
  const isJson = edits === "" || isList(edits);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const prompted = { template, yes, no, edits };
    const none = { template: "", yes: "", no: "", edits: "" };
    to({ learn, label, ...(learn === "" ? prompted : none), row: "" });
  };
  return (
    <form className="data-form" onSubmit={send}>
      <label>
        <span>a net learns</span>
        <select value={learn} onChange={(event) => setLearn(event.target.value)}>
          <option value="">nothing: a prompt is run</option>
          {labels.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        <span>what is true</span>
        <select value={label} onChange={(event) => setLabel(event.target.value)}>
          <option value="">not known</option>
          {labels.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {learn === "" && (
        <>
          <label className="grow">
            <span>prompt of a row</span>
            <input value={template} placeholder={`{${names[0]!}} …`} onChange={(event) => setTemplate(event.target.value)} />
          </label>
          <label>
            <span>for 1</span>
            <input size={6} value={yes} onChange={(event) => setYes(event.target.value)} />
          </label>
          <label>
            <span>for 0</span>
            <input size={6} value={no} onChange={(event) => setNo(event.target.value)} />
          </label>
          <label className="grow">
            <span>edits in every run, as JSON (a steered variant)</span>
            <input value={edits} onChange={(event) => setEdits(event.target.value)} />
          </label>
        </>
      )}
      <button type="submit" disabled={(learn === "" && template.trim() === "") || !isJson}>
        score the rows
      </button>
      {!isJson && <span role="alert">Edits are a JSON list.</span>}
    </form>
  );
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function Scored(props: { table: TableOverview; job: string; scoring: Scoring; of: Of; to: To }) {
  const { table, job, scoring, of, to } = props;
  const names = table.columns.map((column) => column.name);
  const label = of["label"] ?? of["learn"] ?? "";
  const x = of["x"] ?? names[0]!;
  const y = of["y"] ?? SCORE;
  const norm = of["norm"] === "L2" ? "L2" : "L1";
  const row = /^\d+$/.test(of["row"] ?? "") && Number(of["row"]) < table.rows ? Number(of["row"]) : null;
  const judged: FairnessAsked | null =
    label === ""
      ? null
      : {
          job,
          label,
          by: [of["slice"], of["slice2"]].filter((one): one is string => one !== undefined),
          bins: 4,
          strategy: of["strategy"] ?? "SINGLE",
          costRatio: positive(of["cost"], 1),
          tolerance: 0.02,
        };
  const fairness = useAnswer(judged === null ? null : JSON.stringify(judged), (signal) => ask("POST /api/whatif/fairness", judged!, {}, signal));
  const wanted = [...new Set([x, y, label])].filter((one) => names.includes(one));
  const values = useAnswer(wanted.length === 0 ? null : JSON.stringify([table.name, wanted]), (signal) =>
    ask("POST /api/tables/values", { table: table.name, columns: wanted }, {}, signal),
  );
  const found = fairness.state === "here" ? fairness.value : fairness.state === "asked" ? fairness.before : null;
  const columns = values.state === "here" ? values.value.columns : null;
  const points = useMemo(
    () => (columns === null ? [] : pointsOf(columns, scoring.scores, found?.thresholds ?? [], [x, y, label])),
    [columns, scoring, found, x, y, label],
  );
  const pick = (name: string, value: string, all: readonly string[], none?: string) => (
    <label>
      <span>{name}</span>
      <select value={value} onChange={(event) => to({ [KEYS[name]!]: event.target.value })}>
        {none !== undefined && <option value="">{none}</option>}
        {all.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <Section no={2} title="Datapoints" told={<p className="soft">Choose one by a click or its number; change its values and the model runs again. Beside it stands the most similar row that is predicted otherwise.</p>}>
        <div className="data-form">
          {pick("across", x, [...names, SCORE])}
          {pick("up", y, [SCORE, ...names])}
          {pick("distance", norm, ["L1", "L2"])}
          <label>
            <span>row</span>
            <input size={6} inputMode="numeric" value={of["row"] ?? ""} onChange={(event) => to({ row: event.target.value })} />
          </label>
        </div>
        {values.state === "failed" && <Failed message={values.message} again={values.again} />}
        <Scatter points={points} x={x} y={y} row={row} choose={(one) => to({ row: String(one) })} />
        {row !== null && <PointPanel job={job} row={row} norm={norm} judged={judged} model={of["model"] ?? ""} column={of["column"] ?? ""} choose={to} />}
      </Section>
      <Section no={3} title="Performance and fairness" told={<p className="soft">Thresholds are the cheapest of all that meet the demand, alike within 0.02.</p>}>
        {judged === null ? (
          <p className="soft">Say above which column is true; then errors can be counted.</p>
        ) : (
          <>
            <div className="data-form">
              {pick("slice by", of["slice"] ?? "", names, "all rows")}
              {of["slice"] !== undefined && pick("and by", of["slice2"] ?? "", names.filter((one) => one !== of["slice"]), "nothing")}
              <label>
                <span>a false positive costs, in false negatives</span>
                <input size={6} inputMode="decimal" value={of["cost"] ?? "1"} onChange={(event) => to({ cost: event.target.value })} />
              </label>
            </div>
            <p className="choices" role="group" aria-label="Thresholds">
              {STRATEGIES.map(([strategy, words]) => (
                <button key={strategy} aria-pressed={judged.strategy === strategy} onClick={() => to({ strategy })}>
                  {words}
                </button>
              ))}
            </p>
            {fairness.state === "failed" && <Failed message={fairness.message} again={fairness.again} />}
            {found === null ? fairness.state === "asked" && <Waiting words="The slices are counted." /> : <FairnessPanel found={found} />}
          </>
        )}
      </Section>
    </>
  );
}

const KEYS: Record<string, string> = { across: "x", up: "y", distance: "norm", "slice by": "slice", "and by": "slice2" };

function positive(text: string | undefined, usual: number): number {
  const value = Number(text ?? usual);
  return Number.isFinite(value) && value >= 0 && value <= 1e6 ? value : usual;
}

/** Filled: predicted 1; a cross: wrong. */
function Scatter(props: { points: readonly Point[]; x: string; y: string; row: number | null; choose: (row: number) => void }) {
  const { points, x, y, row, choose } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const isBand = (at: "x" | "y") => points.some((point) => typeof point[at] === "string");
      const scale = (at: "x" | "y", label: string) => ({ label, ...(isBand(at) ? { type: "point" as const, padding: 0.5 } : {}) });
      const moved = points.map((point) => ({ ...point, dx: isBand("x") ? 24 * spread(point.row) : 0 }));
      const of = (filter: (point: Point) => boolean) => moved.filter(filter);
      const dots = (some: typeof moved, options: Plot.DotOptions) =>
        [-20, -10, 0, 10, 20].map((dx) => Plot.dot(some.filter((point) => Math.round(point.dx / 10) * 10 === dx), { x: "x", y: "y", dx, r: 3, ...options }));
      const title = (point: Point) => `row ${point.row}, score ${number(point.score)}, ${point.agreement}`;
      const open = { stroke: "currentColor", strokeOpacity: 0.6, title };
      return {
        width,
        height: 340,
        grid: true,
        x: scale("x", x),
        y: scale("y", y),
        marks: [
          ...dots(of(({ agreement }) => /right, 1|predicted 1/.test(agreement)), { fill: "currentColor", fillOpacity: 0.45, title }),
          ...dots(of(({ agreement }) => /right, 0|predicted 0/.test(agreement)), open),
          ...dots(of(({ agreement }) => agreement === "wrong, 1"), { ...open, stroke: "var(--plus)", strokeOpacity: 1, symbol: "times", r: 4 }),
          ...dots(of(({ agreement }) => agreement === "wrong, 0"), { ...open, stroke: "var(--minus)", strokeOpacity: 1, symbol: "times", r: 4 }),
          ...dots(of((point) => point.row === row), { stroke: "currentColor", strokeWidth: 2.5, r: 8 }),
          Plot.dot(points, Plot.pointer({ x: "x", y: "y", r: 7, stroke: "currentColor" })),
        ],
      };
    },
    [points, x, y, row],
  );
  const drawn = useCallback(
    (chart: Chart) => {
      chart.addEventListener("click", () => {
        const point = chart.value as Point | null | undefined;
        if (point !== null && point !== undefined) choose(point.row);
      });
      // the mark that follows the pointer is drawn anew each time, with a name that belongs to no role
      chart.addEventListener("input", () => chart.querySelectorAll("g[aria-label]").forEach((mark) => mark.removeAttribute("aria-label")));
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- choose is a new function each time, and always does the same
    [points],
  );
  return (
    <Figure
      name="datapoints"
      title="Datapoints"
      caption="Filled: predicted 1; open: predicted 0; crosses: against the label, warm where 1 was predicted, cold where 0."
      data={() => ({ columns: ["row", x, y, "score", "stands"], rows: points.map((point) => [point.row, point.x, point.y, point.score, point.agreement]) })}
    >
      <PlotFigure label={`Datapoints by ${x} and ${y}`} draw={draw} drawn={drawn} />
    </Figure>
  );
}
