import { useState, type ChangeEvent, type FormEvent } from "react";
import type { PagesAsked } from "../../record/routes";
import { count } from "../../record/words";
import { Brief } from "../Brief";
import { ask } from "../client";
import { JobLine, Stopped } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob } from "../useJob";

/** What the server takes of a text, in characters. */
const MOST = 200_000;

/** Feature pages of a dictionary over a text of the reader's; one that is on its way is found again. */
export function MakePages(props: { model: string; dictionary: string; names: readonly string[]; made: () => void }) {
  const { model, dictionary } = props;
  const [asked, setAsked] = useState<PagesAsked | null | undefined>(undefined); // null: another text is wanted
  const jobs = useAnswer(`pages of ${dictionary}`, (signal) => ask("GET /api/jobs", null, {}, signal));
  const going =
    jobs.state === "here"
      ? jobs.value.jobs.find((job) => job.kind === "pages" && (job.state === "QUEUED" || job.state === "RUNNING"))
      : undefined;
  const found = going?.asked as PagesAsked | undefined;
  const now = asked === undefined ? (found?.dictionary === dictionary ? found : null) : asked;
  return (
    <section className="part make-pages" aria-label="Make feature pages">
      <h2>Feature pages of a text</h2>
      <p className="soft small">
        Where each feature fires in a text of yours: examples with activations, how often, what fires with it. Two texts of
        different kinds, one after the other, give an illusion score. 50,000 tokens take some minutes; the work goes on
        when this page is closed.
      </p>
      {now === null ? (
        <TextForm names={props.names} question={(pages, text) => ({ model, dictionary, pages, text })} send={setAsked} />
      ) : (
        <Making asked={now} word={asked ?? null} made={props.made} stop={() => setAsked(null)} />
      )}
    </section>
  );
}

function Making(props: { asked: PagesAsked; word: PagesAsked | null; made: () => void; stop: () => void }) {
  const { asked } = props;
  const job = useJob("pages", asked, props.word);
  if (job.state === "stopped") {
    return (
      <>
        <Stopped stop={job} cancelled={`The making of ${asked.pages} was cancelled.`} />
        <p>
          <button onClick={props.stop}>another text</button>
        </p>
      </>
    );
  }
  if (job.state !== "here") return <JobLine going={job.state === "going" ? job : { job: null, isLost: false }} words={`Pages of ${asked.pages}:`} />;
  return (
    <p role="status">
      {count(job.value.features)} pages over {count(job.value.tokens)} tokens of {asked.pages} are made.{" "}
      <button
        onClick={() => {
          props.stop();
          props.made();
        }}
      >
        use them
      </button>
    </p>
  );
}

function TextForm(props: {
  names: readonly string[];
  question: (pages: string, text: string) => PagesAsked;
  send: (asked: PagesAsked) => void;
}) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const isTaken = props.names.includes(name);
  const isName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name);
  const isLong = text.length > MOST;
  const read = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file === undefined) return;
    void file.text().then((content) => {
      setText(content);
      if (name === "") setName(file.name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, 40));
    });
  };
  const asked = props.question(name, text.slice(0, MOST));
  const send = (event: FormEvent) => {
    event.preventDefault();
    props.send(asked);
  };
  return (
    <form className="pages-form" onSubmit={send}>
      <label>
        <span>Text file</span>
        <input type="file" name="file" accept=".txt,.md,.rst,.text,text/plain" onChange={read} />
      </label>
      <label>
        <span>Called</span>
        <input name="pages" value={name} onChange={(event) => setName(event.target.value)} spellCheck={false} aria-invalid={name !== "" && (isTaken || !isName)} />
      </label>
      <label className="wide">
        <span>or the text itself</span>
        <textarea name="corpus" rows={4} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
      </label>
      <button type="submit" disabled={text.trim() === "" || !isName || isTaken}>
        make pages
      </button>
      <p className="soft small" role="status">
        {isTaken
          ? "Pages of this name are here already; give another."
          : name !== "" && !isName
            ? "A name has 1 to 40 letters, digits, - and _."
            : isLong
              ? `The text has ${count(text.length)} characters; the first ${count(MOST)} are used.`
              : text === ""
                ? ""
                : `${count(text.length)} characters.`}
      </p>
      <Brief run="pages" asked={text.trim() === "" || !isName || isTaken ? null : asked} />
    </form>
  );
}
