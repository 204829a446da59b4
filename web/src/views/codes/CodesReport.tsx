import { NO_LIMITS, PointingProvider } from "../../figure/pointing";
import { OverlapMatrix, roleWord, SignMatrix } from "../../figure/SignMatrix";
import type { CodesRecord } from "../../record/codes";
import { count, number } from "../../record/words";
import { Section } from "../Section";
import { TitleBlock } from "../TitleBlock";

/** So many groups have a line of the table; of more, the first. */
const SHOWN = 64;

/** From which p on overlaps are not told from chance. */
const CHANCE = 0.05;

const ROLES = ["CLAUSE", "SHARED", "WITNESS", "OTHER"];

/** What a layer computes, read from the signs of its weights: its signs sorted, overlaps, groups, and how much fits. */
export function CodesReport({ record }: { record: CodesRecord }) {
  const { found, sorted } = record;
  const groups = [...found.groups].sort((a, b) => b.inputs.length - a.inputs.length);
  return (
    <PointingProvider limits={NO_LIMITS}>
      <main className="sheet codes" aria-busy="false">
        <header>
          <div className="asked">
            <h1>Sign codes of {found.layer}</h1>
            <p className="verdict">{verdict(record)}</p>
          </div>
          <TitleBlock rows={madeBy(record)} />
        </header>
        <Section
          no={1}
          title="The signs, sorted"
          told={
            <>
              <p>
                Nothing was run: inputs that share pluses on the {count(found.readers)} neurons that are read, beyond chance, are taken for one
                group; a neuron that most of a group has a plus on is in its code.
              </p>
              <p>
                Neurons by role: {ROLES.map((role) => `${roleWord(role)} ${count(found.roles.filter((it) => it === role).length)}`).join(", ")}. A
                witness pushes down, and has a plus and a minus within a group.
              </p>
            </>
          }
        >
          <SignMatrix name="signs" sorted={sorted} />
        </Section>
        <Section
          no={2}
          title="Which inputs overlap"
          told={
            <p>
              Overlaps are {number(found.structure, 2)} times what chance gives
              {found.pValue === null ? "; their p was not asked for" : `, p = ${found.pValue.toPrecision(2)}, of matrices with the same margins`}.
            </p>
          }
        >
          <OverlapMatrix name="overlaps" sorted={sorted} />
        </Section>
        <Section
          no={3}
          title="Groups and what fits"
          told={
            <>
              <p>
                Of {found.groups.length === 1 ? "1 code" : `${count(found.groups.length)} codes`} of this length, {number(Math.max(0, found.collisions), 2)} ordered pairs are expected to
                collide.
              </p>
              <p id="capacity">{record.capacity}.</p>
            </>
          }
        >
          {groups.length === 0 ? (
            <p>No inputs agree enough to be a group.</p>
          ) : (
            <div className="scroll" tabIndex={0} role="region" aria-label="Groups of inputs">
              <table id="groups">
                <thead>
                  <tr>
                    <th scope="col">group</th>
                    <th scope="col">inputs</th>
                    <th scope="col">neurons of its code</th>
                  </tr>
                </thead>
                <tbody>
                  {groups.slice(0, SHOWN).map((group, i) => (
                    <tr key={i}>
                      <th scope="row">{i + 1}</th>
                      <td>{group.inputs.join(", ")}</td>
                      <td>{group.code.length === 0 ? "none" : group.code.join(", ")}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {groups.length > SHOWN && <p>And {count(groups.length - SHOWN)} more: --json has all.</p>}
            </div>
          )}
        </Section>
        <Section no={4} title="To do it again" told={<p className="soft">--json prints the same numbers.</p>}>
          <pre className="repeat">{record.command}</pre>
        </Section>
      </main>
    </PointingProvider>
  );
}

function verdict({ found }: CodesRecord): string {
  const groups = `${found.groups.length === 1 ? "1 group" : `${count(found.groups.length)} groups`} of inputs in ${count(found.inputs)}`;
  if (found.pValue === null) return `${groups}; whether chance makes them was not asked.`;
  return found.pValue > CHANCE
    ? `${groups}, not told from chance: the groups and roles below may be what chance makes.`
    : `${groups}, told from chance.`;
}

function madeBy(record: CodesRecord): [string, string][] {
  const { found } = record;
  return [
    ["layer", found.layer],
    ["of", record.of],
    ["neurons", `${count(found.neurons)}, ${count(found.readers)} of them read`],
    ["inputs", count(found.inputs)],
    ["version", record.version],
  ];
}
