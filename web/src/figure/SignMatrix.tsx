import { count, number } from "../record/words";
import type { SortedSigns } from "../record/codes";
import type { Table } from "../record/tables";
import { Figure } from "./Figure";
import { SortedMatrix, type Line } from "./SortedMatrix";

/** The signs of a layer's weights: columns are inputs by recovered group, rows neurons by role. */
export function SignMatrix({ name, sorted }: { name: string; sorted: SortedSigns }) {
  const values = sorted.signs.map((line) => [...line].map((sign) => (sign === "+" ? 1 : sign === "-" ? -1 : 0)));
  const rows = sorted.neurons.map((neuron, i): Line => ({ label: `${neuron}`, band: roleWord(sorted.roles[i]!) }));
  const columns = inputLines(sorted);
  return (
    <Figure
      name={name}
      title="Signs of the weights"
      caption={`Columns are inputs, by group; rows are neurons, by role. Orange is plus, blue is minus, blank is none.${leftOut(sorted)}`}
      data={() => table(sorted)}
    >
      <SortedMatrix
        name={name}
        label="Signs of the weights: neurons down, inputs across"
        rows={rows}
        columns={columns}
        values={values}
        max={1}
        read={(row, column) => ({
          title: `neuron ${sorted.neurons[row]}, input ${sorted.inputs[column]}`,
          lines: [
            ["sign", ["minus", "none", "plus"][values[row]![column]! + 1]!],
            ["neuron is", roleWord(sorted.roles[row]!) + (sorted.codes[row]! < 0 ? "" : `, first of group ${sorted.codes[row]! + 1}`)],
            ["input is of", groupWord(sorted.groups[column]!)],
          ],
        })}
      />
    </Figure>
  );
}

/** Shared pluses of pairs of inputs beyond chance: rows and columns in one order. */
export function OverlapMatrix({ name, sorted }: { name: string; sorted: SortedSigns }) {
  const lines = inputLines(sorted);
  const at = (row: number, column: number) =>
    row === column ? null : sorted.overlaps[Math.max(row, column)]![Math.min(row, column)]!;
  const values = lines.map((_, row) => lines.map((_, column) => at(row, column)));
  const max = sorted.overlaps.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    <Figure
      name={name}
      title="Overlaps of inputs"
      caption={`Neurons that two inputs both have a plus on, in standard deviations beyond chance, of ${number(max, 1)} at most. Orange is more than chance, blue is fewer.`}
      data={() => ({
        columns: ["input", "other", "excess"],
        rows: sorted.overlaps.flatMap((row, i) => row.map((value, j) => [sorted.inputs[i]!, sorted.inputs[j]!, value])),
      })}
    >
      <SortedMatrix
        name={name}
        label="Overlaps of inputs: inputs down and across"
        rows={lines}
        columns={lines}
        values={values}
        max={max}
        read={(row, column) => ({
          title: `inputs ${sorted.inputs[row]} and ${sorted.inputs[column]}`,
          lines: [
            ["shared pluses", row === column ? "the same input" : `${number(at(row, column)!, 2)} standard deviations beyond chance`],
            ["they are of", `${groupWord(sorted.groups[row]!)}, ${groupWord(sorted.groups[column]!)}`],
          ],
        })}
      />
    </Figure>
  );
}

function inputLines(sorted: SortedSigns): Line[] {
  return sorted.inputs.map((input, i) => ({ label: `${input}`, band: groupWord(sorted.groups[i]!) }));
}

export function groupWord(group: number): string {
  return group < 0 ? "no group" : `group ${group + 1}`;
}

/** As a reader says it. */
export function roleWord(role: string): string {
  return role === "CLAUSE" ? "one code" : role === "SHARED" ? "several codes" : role === "WITNESS" ? "witness" : "other";
}

function leftOut(sorted: SortedSigns): string {
  const missing = [
    sorted.moreInputs > 0 ? `${count(sorted.moreInputs)} inputs` : "",
    sorted.moreNeurons > 0 ? `${count(sorted.moreNeurons)} neurons` : "",
  ].filter((words) => words !== "");
  return missing.length === 0 ? "" : ` Left out, last in this order: ${missing.join(" and ")}.`;
}

function table(sorted: SortedSigns): Table {
  return {
    columns: ["neuron", "role", ...sorted.inputs.map((input) => `input ${input}`)],
    rows: sorted.neurons.map((neuron, i) => [neuron, sorted.roles[i]!.toLowerCase(), ...sorted.signs[i]!]),
  };
}
