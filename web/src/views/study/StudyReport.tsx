import { saveText } from "../../figure/save";
import type { StudyResult } from "../../record/study";
import { seedsOf, verdictOf } from "../../record/studyWords";
import { number } from "../../record/words";
import { Section } from "../Section";
import { TitleBlock } from "../TitleBlock";
import { BarTable } from "./BarTable";
import { StudyFigure } from "./StudyFigure";

/** A paper's method, rerun: what it claims, what came of it, and what that does not show. */
export function StudyReport(props: { record: StudyResult }) {
  const { record } = props;
  const { card } = record;
  return (
    <main className="sheet study" aria-busy="false">
      <header>
        <div className="asked">
          <h1>{card.title}</h1>
          <p className="verdict">{verdictOf(record)}</p>
        </div>
        <TitleBlock rows={madeBy(record)} />
      </header>
      <Section
        no={1}
        title="What was claimed, and what came of it"
        told={
          <>
            <p>{card.claim}</p>
            <p className="soft">{card.method}</p>
            <p className="soft">
              Ours is the median over {seedsOf(record)}, as is the control; in brackets 95 % bootstrap intervals, where there are some. A bar is met
              where ours is within the goal and the control, which must lose, does lose on every seed. An instrument that misses what was planted makes everything else count for nothing.
            </p>
          </>
        }
      >
        <BarTable table={record.table} />
      </Section>
      {record.figures.length > 0 && (
        <Section no={2} title="What was measured" told={<p className="soft">Of the first seed, where a figure does not say another.</p>}>
          {record.figures.map((figure, i) => (
            <StudyFigure key={figure.title} name={`measured-${i + 1}`} figure={figure} />
          ))}
        </Section>
      )}
      <Section no={record.figures.length > 0 ? 3 : 2} title="What to know of it" told={<p className="soft">Limits, and how to have it again.</p>}>
        {record.notes.length > 0 && (
          <ul className="limits">
            {record.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
        <pre className="repeat">{record.command}</pre>
        <p>
          <button onClick={() => saveText(JSON.stringify(record, null, 1), `${card.id}.json`, "application/json")}>The numbers as JSON</button>
        </p>
      </Section>
    </main>
  );
}

function madeBy(record: StudyResult): [string, string][] {
  const { card } = record;
  return [
    ["study", card.id],
    ["paper", `${card.year}, ${card.source}`],
    ["size", record.size.toLowerCase()],
    ["seeds", String(record.seeds)],
    ...Object.entries(record.parameters).map(([name, value]): [string, string] => [name, String(Number(value.toPrecision(6)))]),
    ["took", `${number(record.seconds, 0)} s`],
    ["date", record.date],
    ["version", record.version],
  ];
}
