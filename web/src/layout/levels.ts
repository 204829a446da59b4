/**
 * Cells of a map, gathered by colour: one path for each sign and size, so that a map of 8,000 cells has two dozen
 * elements. Row 0 is at the bottom, as layers are drawn.
 */
export interface LevelPath {
  sign: 1 | -1;
  /** Whether its cells are not told from chance. */
  faint: boolean;
  /** 1 to LEVELS: how strong. */
  level: number;
  d: string;
}

export const LEVELS = 12;

/** The level of a value: 0 for nothing to see. */
export function level(value: number, max: number): number {
  return max === 0 ? 0 : Math.min(LEVELS, Math.round((Math.abs(value) / max) * LEVELS));
}

/**
 * @param values `[row, column]`; null where nothing was asked
 * @param isFaint whether a cell is not told from chance
 */
export function levelPaths(
  values: readonly (readonly (number | null)[])[],
  max: number,
  cell: { width: number; height: number },
  isFaint: (value: number, row: number, column: number) => boolean = () => false,
): LevelPath[] {
  const paths = new Map<string, LevelPath>();
  values.forEach((row, r) => {
    const y = (values.length - 1 - r) * cell.height;
    row.forEach((value, c) => {
      if (value === null) return;
      const strength = level(value, max);
      if (strength === 0) return;
      const sign = value < 0 ? -1 : 1;
      const faint = isFaint(value, r, c);
      const key = `${sign}:${strength}:${faint}`;
      const path = paths.get(key) ?? { sign, faint, level: strength, d: "" };
      path.d += `M${round(c * cell.width)} ${round(y)}h${round(cell.width)}v${round(cell.height)}h${round(-cell.width)}z`;
      paths.set(key, path);
    });
  });
  return [...paths.values()].sort((a, b) => a.sign * a.level - b.sign * b.level);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The cell under a point, or null outside. */
export function cellAt(
  x: number,
  y: number,
  cell: { width: number; height: number },
  rows: number,
  columns: number,
): { row: number; column: number } | null {
  const column = Math.floor(x / cell.width);
  const row = rows - 1 - Math.floor(y / cell.height);
  return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null;
}

/** Every how many columns a label fits. */
export function labelStep(columns: number, cellWidth: number, labelHeight: number): number {
  return Math.min(columns, Math.max(1, Math.ceil(labelHeight / cellWidth - 1e-9)));
}
