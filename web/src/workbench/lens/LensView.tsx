import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Missing, NO_LIMITS, PointingProvider } from "../../figure/pointing";
import { facts } from "../../record/facts";
import { BenchContext, type Bench } from "../../views/bench";
import { Inspector, subject } from "../../views/Inspector";
import { limitsOf, ReportSheets } from "../../views/Report";
import { Brief } from "../Brief";
import { wordOf } from "../address";
import { ask } from "../client";
import { CapacityLine } from "../lab/CapacityLine";
import { Failed, JobLine, Stopped, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { decoders } from "../decoders";
import { FitsPanel } from "./FitsPanel";
import { FirstSheet, subject as firstSubject } from "./FirstSheet";
import { Glossary } from "./Glossary";
import { InterventionPanel } from "./InterventionPanel";
import { ProbesPanel } from "./ProbesPanel";
import { PromptForm, type Asked } from "./PromptForm";
import { RelationsPanel } from "./RelationsPanel";
import { TokenEditor } from "./TokenEditor";

/** A prediction taken apart: the first look at once, the whole explanation when it is there, interventions on both. */
export function LensView({ address, go, about }: ViewProps) {
  const asked: Asked = useMemo(
    () => ({
      model: address.of["model"] ?? about.models.find((model) => model.usual)?.name ?? "",
      prompt: address.of["prompt"] ?? "",
      contrast: address.of["contrast"] ?? "",
      answer: address.of["answer"] ?? "",
      against: address.of["against"] ?? "",
    }),
    [address, about],
  );
  const empty = isEmpty(asked);
  const { model, prompt, contrast, answer, against } = asked;
  const key = empty ? null : JSON.stringify([model, prompt, answer]);
  const next = useAnswer(empty ? null : JSON.stringify([model, prompt]), (signal) => ask("POST /api/next", { model, prompt }, {}, signal));
  const here = next.state === "here" ? next.value : null;
  const shown = usePainted(here);
  const look = useAnswer(shown === null ? null : key, (signal) => ask("POST /api/look", { model, prompt, answer }, {}, signal));
  const explained = useJob(
    "explain",
    look.state !== "here" ? null : questionOf(asked),
    wordOf(address),
  );
  const limits = useMemo(() => (here === null ? NO_LIMITS : limitsOf(here.model, here.prompt)), [here]);
  const before = useRef<typeof here>(null);
  const submit = (next: Asked) => {
    before.current = here;
    go({ view: "lens", of: { ...next }, isAsked: true });
  };
  const edit = (text: string) => submit({ ...asked, prompt: text, contrast: "", answer: "", against: "" });
  const bench: Bench = {
    panel: (of) => (
      <>
        <InterventionPanel model={model} of={of} />
        <CapacityLine model={model} chosen={of.selection.component} />
        <TokenEditor tokens={of.tokens} text={prompt} pos={of.selection.pos} onEdit={edit} />
        <RelationsPanel model={model} prompt={prompt} tokens={of.tokens} pos={of.selection.pos} />
        <FitsPanel model={model} prompt={prompt} tokens={of.tokens} pos={of.selection.pos} />
        <ProbesPanel model={model} prompt={prompt} tokens={of.tokens} pos={of.selection.pos} />
      </>
    ),
  };
  const report = explained.state === "here" ? explained.value : explained.state === "none" ? null : explained.draft;
  const known = useMemo(() => (report === null ? null : facts(report)), [report]);
  const whole = useDeferredValue(known !== null, false);
  const seen = look.state === "here" ? look.value : null;
  const isAnswerKnown = answer === "" || seen !== null || known !== null; // of one that is typed, the look says which token it is
  const previous = before.current !== null && before.current !== here ? before.current : null;
  return (
    <BenchContext value={bench}>
      <PromptForm asked={asked} models={decoders(about.models)} submit={submit} brief={(typed) => <Brief run="explain" asked={isEmpty(typed) ? null : questionOf(typed)} />} />
      {empty && <Start submit={(text) => edit(text)} />}
      {next.state === "asked" && <Waiting words="The model reads the prompt." />}
      {next.state === "failed" && <Failed message={next.message} again={next.again} />}
      {look.state === "failed" && <Failed message={look.message} again={look.again} />}
      {explained.state === "going" && <JobLine going={explained} words="Looking for what causes it:" />}
      {explained.state === "stopped" && <Stopped stop={explained} cancelled="The explanation was cancelled." failed="no explanation: " />}
      {here !== null && (
        <PointingProvider key={JSON.stringify([key, contrast, against])} limits={limits}>
          <main className="sheet" aria-busy={known !== null && !whole}>
            <Missing />
            {known === null ? (
              <FirstSheet next={here} look={seen} before={previous} />
            ) : (
              <ReportSheets facts={known} whole={whole} isGoing={explained.state === "going"} />
            )}
            {isAnswerKnown && <Inspector facts={known} subject={known === null ? firstSubject(here, seen) : subject(known)} />}
          </main>
        </PointingProvider>
      )}
      <Glossary />
    </BenchContext>
  );
}

function isEmpty({ prompt }: Asked): boolean {
  return prompt.trim() === "";
}

/** What an explanation answers. */
function questionOf({ model, prompt, contrast, answer, against }: Asked) {
  return { model, prompt, contrast, answer, against, seed: 0 };
}

/** A value once it is on the screen: until then the machine has better to do than what comes after it. */
function usePainted<T>(value: T | null): T | null {
  const [painted, setPainted] = useState<T | null>(null);
  useEffect(() => {
    if (document.hidden) { // no frame comes
      setPainted(value);
      return;
    }
    let later = 0;
    const frame = requestAnimationFrame(() => {
      later = window.setTimeout(() => setPainted(value));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [value]);
  return painted === value ? value : null;
}

const EXAMPLES = [
  "The Eiffel Tower is located in the city of",
  "When Mary and John went to the store, John gave a drink to",
  "1, 2, 3, 4, 5,",
];

/** What stands here before anything was asked. */
function Start(props: { submit: (prompt: string) => void }) {
  return (
    <main className="sheet start">
      <h1>Type the beginning of a text. The model says what comes next; here you see what inside it makes it say so.</h1>
      <p className="soft">Or begin with one of these:</p>
      <ul>
        {EXAMPLES.map((text) => (
          <li key={text}>
            <button onClick={() => props.submit(text)}>{text}</button>
          </li>
        ))}
      </ul>
    </main>
  );
}
