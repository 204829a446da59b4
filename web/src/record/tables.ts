/** What a figure draws, as a table. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/**
 * Numbers by layer and position.
 *
 * @param grids of one shape, by name
 */
export function gridTable(
  grids: Readonly<Record<string, readonly (readonly number[])[]>>,
  tokens: readonly { text: string }[],
): Table {
  const all = Object.values(grids);
  return {
    columns: ["layer", "pos", "token", ...Object.keys(grids)],
    rows: (all[0] ?? []).flatMap((row, layer) =>
      row.map((_, pos) => [layer, pos, tokens[pos]?.text ?? "", ...all.map((grid) => grid[layer]![pos]!)]),
    ),
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
