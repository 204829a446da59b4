import { useEffect, useMemo, useState, type FormEvent } from "react";
import type { ColumnSummary, FairnessAsked, Scoring, TableOverview } from "../../record/routes";
import { count, number } from "../../record/words";
import { Section } from "../../views/Section";
import { Brief } from "../Brief";
import { wordOf, type Address } from "../address";
import { ask } from "../client";
import { Failed, JobLine, Stopped, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { decoders } from "../decoders";
import { ComparePanel } from "./ComparePanel";
import { FairnessPanel, STRATEGIES } from "./FairnessPanel";
import { PointPanel } from "./PointPanel";
import { apart, pointsOf, SCORE, SECOND } from "./points";
import { Scatter } from "./Scatter";
import { ScorerForm } from "./ScorerForm";
import { scoringOf } from "./scoring";
import { costOf, rowOf } from "./typed";

type To = (change: Record<string, string>, isAsked?: boolean) => void;
type Of = Readonly<Record<string, string>>;

/** A table of datapoints, what scores them, and what follows from the scores. */
export function DataView({ address, go, about }: ViewProps) {
  const of = address.of;
  const to: To = (change, isAsked = false) => {
    const next = { ...of, ...("row" in change ? { values: "" } : {}), ...change };
    go({ view: "data", of: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")), isAsked });
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
      {table.state === "here" && <Opened key={table.value.sha256} table={table.value} of={of} word={wordOf(address)} models={decoders(about.models).map((model) => model.name)} to={to} />}
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

function Opened({ table, of, word, models, to }: { table: TableOverview; of: Of; word: Address | null; models: readonly string[]; to: To }) {
  const asked = useMemo(() => scoringOf(table, of, ""), [table, of]);
  const other = useMemo(() => scoringOf(table, of, "2"), [table, of]);
  const run = useJob("score", asked, word);
  const second = useJob("score", asked === null ? null : other, word);
  const both = [run, second];
  const isLearned = of["learn"] !== undefined || of["learn2"] !== undefined;
  const beside = second.state === "here" ? { job: second.job.id, scoring: second.value } : null;
  return (
    <main className="sheet" aria-busy={both.some((one) => one.state === "going")}>
      <header className="plain">
        <div className="asked">
          <h1>{table.name}</h1>
          <p className="verdict">
            {count(table.rows)} rows{run.state === "here" && <>, scored by {run.value.about}</>}
            {beside !== null && <>; beside it, by {beside.scoring.about}</>}.
            {run.state === "here" && isLearned && " Thresholds and rates below count all labelled rows, those that a net learned from included."}
          </p>
        </div>
      </header>
      <Section no={1} title="What scores the rows" told={<p className="soft">A small net that learns a column, or a language model on a prompt made of each row; one or two of them.</p>}>
        <ScorerForm table={table} of={of} models={models} to={to} />
        <Brief run="score" asked={asked !== null && other !== null ? [asked, other] : asked} />
        {both.map((one, i) => (
          <div key={i}>
            {one.state === "going" && <JobLine going={one} words={one.draft === null ? "Rows are scored:" : `${count(one.draft.at.length)} of ${count(one.draft.rows)} rows are scored:`} />}
            {one.state === "stopped" && <Stopped stop={one} cancelled="The scoring of the rows was cancelled." />}
          </div>
        ))}
      </Section>
      {run.state === "here" && <Scored table={table} job={run.job.id} scoring={run.value} second={beside} of={of} to={to} />}
      <Section no={run.state === "here" ? 4 : 2} title="Columns" told={<p className="soft">What each column holds; of numbers ten bins, of texts the commonest.</p>}>
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

interface Beside {
  job: string;
  scoring: Scoring;
}

function Scored(props: { table: TableOverview; job: string; scoring: Scoring; second: Beside | null; of: Of; to: To }) {
  const { table, job, scoring, second, of, to } = props;
  const names = table.columns.map((column) => column.name);
  const label = of["label"] ?? of["learn"] ?? "";
  const isThere = (name: string | undefined) => name !== undefined && (name !== SECOND || second !== null);
  const x = isThere(of["x"]) ? of["x"]! : names[0]!;
  const y = isThere(of["y"]) ? of["y"]! : SCORE;
  const seconds = second === null ? [] : [SECOND];
  const norm = of["norm"] === "L2" ? "L2" : "L1";
  const row = rowOf(of["row"], table.rows);
  const cost = costOf(of["cost"]);
  const judged: FairnessAsked | null =
    label === "" || cost.value === null
      ? null
      : {
          job,
          label,
          by: [of["slice"], of["slice2"]].filter((one): one is string => one !== undefined),
          bins: 4,
          strategy: of["strategy"] ?? "SINGLE",
          costRatio: cost.value,
          tolerance: 0.02,
        };
  const fairness = useAnswer(judged === null ? null : JSON.stringify(judged), (signal) => ask("POST /api/whatif/fairness", judged!, {}, signal));
  const judgedToo = judged === null || second === null ? null : { ...judged, job: second.job };
  const fairnessToo = useAnswer(judgedToo === null ? null : JSON.stringify(judgedToo), (signal) => ask("POST /api/whatif/fairness", judgedToo!, {}, signal));
  const pair = second === null ? null : { job, other: second.job, ...(judged === null ? {} : { judged }) };
  const compared = useAnswer(pair === null ? null : JSON.stringify(pair), (signal) => ask("POST /api/whatif/compare", pair!, {}, signal));
  const wanted = [...new Set([x, y, label])].filter((one) => names.includes(one));
  const values = useAnswer(wanted.length === 0 ? null : JSON.stringify([table.name, wanted]), (signal) =>
    ask("POST /api/tables/values", { table: table.name, columns: wanted }, {}, signal),
  );
  const found = judged === null ? null : fairness.state === "here" ? fairness.value : fairness.state === "asked" ? fairness.before : null;
  const foundToo = judgedToo === null ? null : fairnessToo.state === "here" ? fairnessToo.value : fairnessToo.state === "asked" ? fairnessToo.before : null;
  const twoFound = second === null ? null : compared.state === "here" ? compared.value : compared.state === "asked" ? compared.before : null;
  const columns = values.state === "here" ? values.value.columns : null;
  const onlyApart = second !== null && of["show"] === "apart";
  const scores = useMemo(() => [scoring.scores, ...(second === null ? [] : [second.scoring.scores])] as const, [scoring, second?.scoring]);
  const points = useMemo(() => {
    if (columns === null) return [];
    const all = pointsOf(columns, scores, found?.thresholds ?? [], [x, y, label]);
    return onlyApart ? all.filter(({ row }) => apart(row, scores, [found?.thresholds ?? [], foundToo?.thresholds ?? []])) : all;
  }, [columns, scores, found, foundToo, x, y, label, onlyApart]);
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
          {pick("across", x, [...names, SCORE, ...seconds])}
          {pick("up", y, [SCORE, ...seconds, ...names])}
          {pick("distance", norm, ["L1", "L2"])}
          <label>
            <span>row</span>
            <input size={6} inputMode="numeric" value={of["row"] ?? ""} onChange={(event) => to({ row: event.target.value })} />
          </label>
          {row.problem !== null && <span role="alert">{row.problem}</span>}
          {second !== null && (
            <label className="check">
              <input type="checkbox" checked={onlyApart} onChange={(event) => to({ show: event.target.checked ? "apart" : "" })} />
              only rows that the two predict otherwise
            </label>
          )}
        </div>
        {compared.state === "failed" && <Failed message={compared.message} again={compared.again} />}
        {twoFound !== null && <ComparePanel found={twoFound} choose={(one) => to({ row: String(one) })} />}
        {values.state === "failed" && <Failed message={values.message} again={values.again} />}
        <Scatter points={points} x={x} y={y} row={row.value} choose={(one) => to({ row: String(one) })} />
        {row.value !== null && (
          <PointPanel
            job={job}
            other={second?.job ?? null}
            row={row.value}
            norm={norm}
            judged={judged}
            model={of["model"] ?? ""}
            column={of["column"] ?? ""}
            columns={table.columns}
            changed={of["values"] ?? ""}
            choose={to}
          />
        )}
      </Section>
      <Section no={3} title="Performance and fairness" told={<p className="soft">Thresholds are the cheapest of all that meet the demand, alike within 0.02.</p>}>
        {label === "" ? (
          <p className="soft">Say above which column is true; then errors can be counted.</p>
        ) : (
          <>
            <div className="data-form">
              {pick("slice by", of["slice"] ?? "", names, "all rows")}
              {of["slice"] !== undefined && pick("and by", of["slice2"] ?? "", names.filter((one) => one !== of["slice"]), "nothing")}
              <label>
                <span>a false positive costs, in false negatives</span>
                <input size={6} inputMode="decimal" placeholder="1" value={of["cost"] ?? ""} onChange={(event) => to({ cost: event.target.value })} />
              </label>
              {cost.problem !== null && <span role="alert">{cost.problem} Nothing is judged till then, and 1 is predicted from 0.5 on.</span>}
            </div>
            <p className="choices" role="group" aria-label="Thresholds">
              {STRATEGIES.map(([strategy, words]) => (
                <button key={strategy} aria-pressed={(of["strategy"] ?? "SINGLE") === strategy} onClick={() => to({ strategy })}>
                  {words}
                </button>
              ))}
            </p>
            {fairness.state === "failed" && <Failed message={fairness.message} again={fairness.again} />}
            {judged === null ? null : found === null ? fairness.state === "asked" && <Waiting words="The slices are counted." /> : <FairnessPanel found={found} second={foundToo} />}
            {fairnessToo.state === "failed" && <Failed message={fairnessToo.message} again={fairnessToo.again} />}
          </>
        )}
      </Section>
    </>
  );
}

const KEYS: Record<string, string> = { across: "x", up: "y", distance: "norm", "slice by": "slice", "and by": "slice2" };
