import { useState, type FormEvent } from "react";
import type { KeptProbe, TableOverview } from "../../record/routes";
import { modelName, percent } from "../../record/words";
import { ask } from "../client";
import { useAnswer } from "../useAnswer";
import { addressOf, fieldsOf, isList, isNumber, NAMES, type Fields } from "./scoring";

type Of = Readonly<Record<string, string>>;
type SetOne = (change: Partial<Fields>) => void;

const PROMPTED = "a prompt";

/** What scores the rows: one model, and maybe a second beside it. */
export function ScorerForm(props: { table: TableOverview; of: Of; models: readonly string[]; to: (change: Record<string, string>, isAsked: boolean) => void }) {
  const { table, of, models, to } = props;
  const [first, setFirst] = useState(() => fieldsOf(of, ""));
  const [second, setSecond] = useState(() => fieldsOf(of, "2"));
  const [beside, setBeside] = useState(of["learn2"] ?? (of["template2"] === undefined ? "" : PROMPTED));
  const [label, setLabel] = useState(of["label"] ?? "");
  const kept = useAnswer("probes", (signal) => ask("GET /api/whatif/probes", null, {}, signal));
  const probes = kept.state === "here" ? kept.value.probes : [];
  const labels = table.columns.filter((column) => column.label).map((column) => column.name);
  const isPair = beside === PROMPTED;
  const isReady = isWhole(first) && (!isPair || isWhole(second));
  const send = (event: FormEvent) => {
    event.preventDefault();
    const none = Object.fromEntries(NAMES.map((name) => [`${name}2`, ""]));
    const other = beside === "" ? none : addressOf({ ...second, learn: isPair ? "" : beside }, "2");
    to({ label, ...addressOf(first, ""), ...other, row: "" }, true);
  };
  const choose = (value: string) => {
    if (value === PROMPTED && second.template === "") setSecond({ ...first, learn: "" });
    setBeside(value);
  };
  const shared = { models, probes, column: table.columns[0]?.name ?? "" };
  return (
    <form className="data-form" onSubmit={send}>
      <label>
        <span>a net learns</span>
        <select value={first.learn} onChange={(event) => setFirst({ ...first, learn: event.target.value })}>
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
      {labels.length === 0 && <span className="soft">No column is a label, of 1 and 0, yes and no, or true and false: a prompt can score the rows, and nothing judges it.</span>}
      {first.learn === "" && <Prompted fields={first} set={(change) => setFirst({ ...first, ...change })} {...shared} />}
      <label className="wide second-model">
        <span>a second model beside it</span>
        <select value={beside} onChange={(event) => choose(event.target.value)}>
          <option value="">none</option>
          {labels.map((name) => (
            <option key={name} value={name}>
              a net that learns {name}
            </option>
          ))}
          <option value={PROMPTED}>a language model on a prompt</option>
        </select>
      </label>
      {isPair && (
        <fieldset className="data-form">
          <legend>the second model</legend>
          <Prompted fields={second} set={(change) => setSecond({ ...second, ...change })} {...shared} />
        </fieldset>
      )}
      <button type="submit" disabled={!isReady}>
        score the rows
      </button>
      {[first, ...(isPair ? [second] : [])].some((one) => !isList(one.edits)) && <span role="alert">Edits are a JSON list.</span>}
    </form>
  );
}

function isWhole(fields: Fields): boolean {
  if (fields.learn !== "") return true;
  const { template, probe, steer, towards, scale, edits } = fields;
  return template.trim() !== "" && isList(edits) && (probe === "" || fields.class !== "") && (steer === "" || (towards !== "" && isNumber(scale)));
}

function Prompted(props: { fields: Fields; set: SetOne; models: readonly string[]; probes: readonly KeptProbe[]; column: string }) {
  const { fields, set, models, probes } = props;
  const read = probes.find((probe) => probe.file === fields.probe);
  const along = probes.find((probe) => probe.file === fields.steer);
  const text = (name: keyof Fields, words: string, size?: number) => (
    <label className={size === undefined ? "grow" : undefined}>
      <span>{words}</span>
      <input {...(size === undefined ? {} : { size })} value={fields[name]} onChange={(event) => set({ [name]: event.target.value })} />
    </label>
  );
  const classes = (name: "class" | "towards", words: string, probe: KeptProbe) => (
    <label>
      <span>{words}</span>
      <select value={fields[name]} onChange={(event) => set({ [name]: event.target.value })}>
        <option value="">choose</option>
        {probe.classes.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      {models.length > 1 && (
        <label>
          <span>model</span>
          <select value={fields.model} onChange={(event) => set({ model: event.target.value })}>
            <option value="">the usual one</option>
            {models.map((name) => (
              <option key={name} value={name}>
                {modelName(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="grow">
        <span>prompt of a row</span>
        <input value={fields.template} placeholder={`{${props.column}} …`} onChange={(event) => set({ template: event.target.value })} />
      </label>
      <label>
        <span>the score is</span>
        <select value={fields.probe} onChange={(event) => set({ probe: event.target.value, class: "" })}>
          <option value="">one token against another</option>
          {probes.map((probe) => (
            <option key={probe.file} value={probe.file}>
              {named(probe)} ({percent(probe.accuracy)} right)
            </option>
          ))}
        </select>
      </label>
      {fields.probe === "" ? (
        <>
          {text("yes", "for 1", 6)}
          {text("no", "for 0", 6)}
        </>
      ) : (
        read !== undefined && classes("class", "its class", read)
      )}
      {probes.some((probe) => probe.steers) && (
        <label>
          <span>steered along</span>
          <select value={fields.steer} onChange={(event) => set({ steer: event.target.value, towards: "" })}>
            <option value="">nothing</option>
            {probes
              .filter((probe) => probe.steers)
              .map((probe) => (
                <option key={probe.file} value={probe.file}>
                  {named(probe)}
                </option>
              ))}
          </select>
        </label>
      )}
      {along !== undefined && (
        <>
          {classes("towards", "to", along)}
          {text("scale", "by", 6)}
        </>
      )}
      {text("edits", "edits in every run, as JSON (a changed variant)")}
    </>
  );
}

function named(probe: KeptProbe): string {
  return probe.file.replace(/\.safetensors$/, "");
}
