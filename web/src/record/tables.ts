/** Tables as text for spreadsheets (RFC 4180). */
export function csvLines(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
