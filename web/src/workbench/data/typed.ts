/** What was typed, once it is read: a value, or a sentence on why it is none. */
export type Typed<T> = { value: T; problem: null } | { value: null; problem: string };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MOST_COST = 1e6;

/** As the server reads numbers: no spaces, no decimal comma, no infinity; null where it is none. */
export function numberOf(text: string): number | null {
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** What a false positive costs, in false negatives; 1 where nothing is said. */
export function costOf(text: string | undefined): Typed<number> {
  if (text === undefined || text === "") return { value: 1, problem: null };
  const value = numberOf(text);
  return value !== null && value >= 0 && value <= MOST_COST
    ? { value, problem: null }
    : { value: null, problem: `A false positive costs "${text}"; give a number from 0 to 1,000,000, with a point for a comma, such as 2.5.` };
}

/** A row of the table; null where none is asked for. */
export function rowOf(text: string | undefined, rows: number): Typed<number | null> {
  if (text === undefined || text === "") return { value: null, problem: null };
  const isRow = /^\d{1,9}$/.test(text) && Number(text) < rows;
  return isRow ? { value: Number(text), problem: null } : { value: null, problem: `There is no row "${text}"; give a whole number from 0 to ${rows - 1}.` };
}

/** Why a text cannot stand in a column; null where it can. Nothing is a missing value. */
export function cellProblem(column: string, isNumeric: boolean, text: string): string | null {
  return !isNumeric || text === "" || numberOf(text) !== null
    ? null
    : `${column} is "${text}", and holds numbers; give one, such as 41.5, or nothing where it is missing.`;
}

/** The values of a datapoint that the address says are others than the table's, by column; none where it says nothing. */
export function changesOf(text: string, numeric: Readonly<Record<string, boolean>>): Typed<Record<string, string>> {
  if (text === "") return { value: {}, problem: null };
  const refused = (why: string): Typed<Record<string, string>> => ({ value: null, problem: `The changed values in the address are not used: ${why}` });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return refused("they are no JSON. Change them below.");
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) return refused('they are no list of columns such as {"age":"41"}. Change them below.');
  for (const [column, value] of Object.entries(read)) {
    if (!Object.hasOwn(numeric, column)) return refused(`the table has no column "${column}".`);
    if (typeof value !== "string") return refused(`${column} is no text in quotes.`);
    const problem = cellProblem(column, numeric[column]!, value);
    if (problem !== null) return refused(problem);
  }
  return { value: read as Record<string, string>, problem: null };
}

/** What was typed in place of a row's own values, as the address holds it; nothing where all are its own. */
export function changesText(columns: readonly string[], own: readonly string[], typed: readonly string[]): string {
  const changed = columns.flatMap((column, i) => (typed[i] === own[i] ? [] : [[column, typed[i]!] as const]));
  return changed.length === 0 ? "" : JSON.stringify(Object.fromEntries(changed));
}
