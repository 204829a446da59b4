/** What a figure draws, as a table. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** Numbers by layer and position. */
export function gridTable(
  value: string,
  values: readonly (readonly number[])[],
  tokens: readonly { text: string }[],
): Table {
  return {
    columns: ["layer", "pos", "token", value],
    rows: values.flatMap((row, layer) => row.map((one, pos) => [layer, pos, tokens[pos]?.text ?? "", one])),
  };
}

export function tableCsv(table: Table): string {
  return csvLines([table.columns, ...table.rows]);
}

/** A row each, with its values by name. */
export function tableJson(table: Table): string {
  const named = (row: Table["rows"][number]) => Object.fromEntries(table.columns.map((name, i) => [name, row[i]]));
  return `${JSON.stringify(table.rows.map(named))}\n`;
}

/** Tables as text for spreadsheets (RFC 4180). */
export function csvLines(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
