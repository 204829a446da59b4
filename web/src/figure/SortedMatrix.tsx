import { useMemo } from "react";
import { bands, type Band } from "../layout/bands";
import { cellAt, labelStep, LEVELS, levelPaths } from "../layout/levels";
import type { Reading } from "./pointing";
import { useCursor } from "./useCursor";
import { useWidth } from "./useWidth";

const LEFT = 96;
const TOP = 34;
const MOST = 14;
const LEAST = 2;

/** A row or a column. */
export interface Line {
  label: string;
  /** What its neighbours have in common with it: between two of these is a line. */
  band: string;
}

/**
 * A matrix whose rows and columns are sorted into bands: orange above 0, blue below, stronger for larger; nothing at 0.
 *
 * @param name of the figure
 * @param label what it is, in words
 * @param rows from above
 * @param values `[row, column]`; null where nothing is asked
 * @param max the size that has the full colour
 * @param read what a cell says
 */
export function SortedMatrix(props: {
  name: string;
  label: string;
  rows: readonly Line[];
  columns: readonly Line[];
  values: readonly (readonly (number | null)[])[];
  max: number;
  read: (row: number, column: number) => Reading;
}) {
  const { rows, columns, values, max } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const fit = Math.floor(((width - LEFT - 4) / Math.max(1, columns.length)) * 10) / 10;
  const across = Math.max(LEAST, Math.min(MOST, fit));
  const cell = { width: across, height: rows.length > 160 ? Math.min(across, 4) : across };
  const wide = columns.length * cell.width;
  const high = rows.length * cell.height;
  const upwards = useMemo(() => [...values].reverse(), [values]); // row 0 of a map is its lowest
  const paths = useMemo(() => levelPaths(upwards, max, cell), [upwards, max, cell.width, cell.height]);
  const { cursor, drawing } = useCursor({
    label: props.label,
    rows: rows.length,
    columns: columns.length,
    find: (x, y) => cellAt(x - LEFT, y - TOP, cell, rows.length, columns.length),
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * cell.width, y: TOP + high - (row + 0.5) * cell.height }),
    read: ({ row, column }) => props.read(rows.length - 1 - row, column),
    choose: () => undefined,
  });
  const ofColumns = bands(columns.map(({ band }) => band));
  const ofRows = bands(rows.map(({ band }) => band));
  const columnStep = labelStep(columns.length, cell.width, 24);
  return (
    <div className="scroll" ref={box}>
      <svg width={LEFT + wide + 4} height={TOP + high + 18} data-figure={props.name} {...drawing}>
        <g transform={`translate(${LEFT} ${TOP})`}>
          {paths.map((path) => (
            <path key={`${path.sign}:${path.level}`} className={path.sign < 0 ? "minus" : "plus"} fillOpacity={path.level / LEVELS} d={path.d} />
          ))}
          <rect className="hair" x={0} y={0} width={wide} height={high} />
          <path
            className="zero"
            d={
              ofColumns.slice(1).map(({ first }) => `M${first * cell.width} -4V${high}`).join("") +
              ofRows.slice(1).map(({ first }) => `M-4 ${first * cell.height}H${wide}`).join("")
            }
          />
          {shown(ofColumns, cell.width, 7).map(({ band, words }) => (
            <text key={band.first} className="soft" x={(band.first + band.count / 2) * cell.width} y={-18} textAnchor="middle">
              {words}
            </text>
          ))}
          {columns.map(({ label }, i) =>
            i % columnStep === 0 ? (
              <text key={i} className="soft" x={(i + 0.5) * cell.width} y={-5} textAnchor="middle">
                {label}
              </text>
            ) : null,
          )}
          {ofRows.map((band) =>
            band.count * cell.height >= 11 ? (
              <text key={band.first} className="soft" x={-8} y={(band.first + band.count / 2) * cell.height + 4} textAnchor="end">
                {band.name}
              </text>
            ) : null,
          )}
          {cursor !== null && (
            <rect
              className="cursor"
              x={cursor.column * cell.width}
              y={high - (cursor.row + 1) * cell.height}
              width={cell.width}
              height={cell.height}
            />
          )}
        </g>
      </svg>
    </div>
  );
}

/** Names of bands that are wide enough for them; of others nothing. */
function shown(all: readonly Band[], width: number, letter: number): { band: Band; words: string }[] {
  return all.filter((band) => band.count * width >= band.name.length * letter).map((band) => ({ band, words: band.name }));
}
