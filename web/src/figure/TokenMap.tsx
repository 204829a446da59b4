import { useMemo, useState } from "react";
import { cellAt, labelStep, level, LEVELS, levelPaths } from "../layout/levels";
import { mapColumns } from "../layout/runs";
import { component } from "../record/component";
import { short, visible } from "../record/words";
import { usePointing, type Reading } from "./pointing";
import { useCursor, type Cell } from "./useCursor";
import { useWidth } from "./useWidth";

const LEFT = 34;
/** How wide a letter is, and how high a label of many stands when it is turned. */
const LETTER = 6.65;
const TURNED = 5.4;
/** A narrower column can hardly be pointed at: stretches without a mark are folded before it comes to that. */
const NARROWEST = 9;

/**
 * Layers upwards, positions across: a number for each place in the residual stream. Of a long prompt, stretches on which
 * nothing is to be seen are folded into one column each; choosing one unfolds them.
 *
 * @param values `[layer, pos]`, null where nothing was asked
 * @param first the layer of the lowest row
 * @param max the size at which colour is full
 * @param threshold a smaller size is not told from chance, and is drawn faint
 * @param isFaint in place of the threshold, whether a row and column is
 * @param tokens what stands under the columns
 * @param read of a row and column; null for a gap
 * @param chosen the row and column that are marked, in place of the selection's own
 * @param onChoose what choosing a row and column does, in place of choosing a layer and position
 */
export function TokenMap(props: {
  label: string;
  values: readonly (readonly (number | null)[])[];
  first?: number;
  max: number;
  threshold?: number;
  isFaint?: (row: number, column: number) => boolean;
  tokens: readonly { text: string }[];
  read: (row: number, column: number) => Reading | null;
  chosen?: { row: number | null; column: number | null };
  onChoose?: (row: number, column: number) => void;
}) {
  const { values, first = 0, max, threshold = 0, isFaint, tokens } = props;
  const { selection, choose } = usePointing();
  const chosen = props.chosen ?? { row: layerOf(selection), column: selection.pos };
  const exact = props.chosen !== undefined || selection.layer !== null;
  const [box, width] = useWidth<HTMLDivElement>();
  const [unfolded, setUnfolded] = useState(false);
  const rows = values.length;
  const room = unfolded ? tokens.length : Math.floor((width - LEFT - 24) / NARROWEST);
  const runs = useMemo(
    () =>
      mapColumns(
        tokens.map(
          (_, pos) =>
            pos === tokens.length - 1 ||
            pos === chosen.column ||
            values.some((row) => level(row[pos] ?? 0, max) > 0),
        ),
        room,
      ),
    [tokens, values, max, room, chosen.column],
  );
  const columns = runs.length;
  const isFold = (column: number) => runs[column]!.to - runs[column]!.from > 1;
  const columnOf = (pos: number) => runs.findIndex((run) => pos < run.to);
  const cell = {
    width: Math.max(3, Math.min(columns <= 4 ? 64 : 40, Math.floor(((width - LEFT - 24) / columns) * 10) / 10)),
    height: rows > 40 ? 7 : 11,
  };
  const labels = runs.map((run, column) => (isFold(column) ? "⋯" : short(visible(tokens[run.from]!.text), 11)));
  const letters = Math.max(1, ...labels.map((label) => [...label].length));
  const fits = letters * LETTER + 6 <= cell.width;
  const wide = LEFT + columns * cell.width + 24;
  const high = rows * cell.height;
  const paths = useMemo(
    () =>
      levelPaths(
        values.map((row) => runs.map((run) => (run.to - run.from > 1 ? null : (row[run.from] ?? null)))),
        max,
        cell,
        (value, row, column) => isFaint?.(row, runs[column]!.from) ?? Math.abs(value) < threshold,
      ),
    [values, runs, max, threshold, isFaint, cell.width, cell.height],
  );
  const chosenColumn = chosen.column === null ? null : columnOf(chosen.column);
  const cellChosen =
    exact && chosen.row !== null && chosenColumn !== null && chosen.row < rows
      ? { row: chosen.row, column: chosenColumn }
      : null;
  const { cursor, drawing } = useCursor({
    label: props.label,
    rows,
    columns,
    find: (x, y) => cellAt(x - LEFT, y, cell, rows, columns),
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * cell.width, y: high - (row + 0.5) * cell.height }),
    read: ({ row, column }) => (isFold(column) ? foldReading(runs[column]!) : props.read(row, runs[column]!.from)),
    choose: ({ row, column }) => {
      const pos = runs[column]!.from;
      if (isFold(column)) setUnfolded(true);
      else if (props.onChoose === undefined) choose({ layer: row, pos });
      else props.onChoose(row, pos);
    },
    chosen: cellChosen,
  });
  const step = labelStep(columns, cell.width, 12);
  const rowStep = labelStep(rows, cell.height, 22);
  const outline = (where: Cell, className: string) => (
    <rect
      className={className}
      x={where.column * cell.width}
      y={high - (where.row + 1) * cell.height}
      width={cell.width}
      height={cell.height}
    />
  );
  const shown = cursor ?? cellChosen;
  return (
    <div className="scroll" ref={box}>
      <svg
        width={wide}
        height={high + (fits ? 20 : Math.ceil(16 + TURNED * letters))}
        data-figure={props.label}
        {...drawing}
      >
        <g transform={`translate(${LEFT} 0)`}>
          {paths.map((path) => (
            <path
              key={`${path.sign}${path.level}${path.faint}`}
              className={path.sign < 0 ? "minus" : "plus"}
              fillOpacity={(path.faint ? 0.3 : 1) * (path.level / LEVELS)}
              d={path.d}
            />
          ))}
          <rect className="hair" x={0} y={0.5} width={columns * cell.width} height={high - 1} />
          {runs.map((run, column) =>
            isFold(column) ? (
              <line
                key={run.from}
                className="hair"
                strokeDasharray="2 3"
                x1={(column + 0.5) * cell.width}
                x2={(column + 0.5) * cell.width}
                y1={0}
                y2={high}
              />
            ) : null,
          )}
          {chosenColumn !== null && (
            <rect className="band" data-screen x={chosenColumn * cell.width} y={0} width={cell.width} height={high} />
          )}
          {chosen.row !== null && chosen.row < rows && (
            <rect
              className="band"
              data-screen
              x={0}
              y={high - (chosen.row + 1) * cell.height}
              width={columns * cell.width}
              height={cell.height}
            />
          )}
          {cellChosen !== null && outline(cellChosen, "chosen")}
          {cursor !== null && outline(cursor, "cursor")}
          {labels.map((label, column) =>
            column % step === 0 || column === shown?.column ? (
              <text
                key={column}
                className={column === shown?.column || column === chosenColumn ? "" : "soft"}
                fontWeight={column === shown?.column || column === chosenColumn ? 600 : 400}
                opacity={shown !== null && column !== shown.column && Math.abs(column - shown.column) * cell.width < 12 ? 0 : 1}
                textAnchor={fits || isFold(column) ? "middle" : "start"}
                transform={
                  fits || isFold(column)
                    ? `translate(${(column + 0.5) * cell.width} ${high + 14})`
                    : `translate(${(column + 0.5) * cell.width - 3} ${high + 8}) rotate(55)`
                }
              >
                {label}
              </text>
            ) : null,
          )}
        </g>
        {values.map((_, row) =>
          (row + first) % rowStep === 0 ? (
            <text key={row} className="soft" x={LEFT - 6} y={high - (row + 0.5) * cell.height + 4} textAnchor="end">
              {row + first}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

function foldReading(run: { from: number; to: number }): Reading {
  return {
    title: `positions ${run.from} to ${run.to - 1}`,
    lines: [
      ["folded", "no cell has a colour here"],
      ["click or Enter", "unfolds the map"],
    ],
  };
}

function layerOf(selection: { layer: number | null; component: string | null }): number | null {
  if (selection.layer !== null) return selection.layer;
  return selection.component === null ? null : component(selection.component).layer;
}

/** The scale of colour: from the most negative to the most positive that the figure shows. */
export function Scale(props: { max: number; signed: boolean; unit: string; format: (value: number) => string }) {
  const steps = Array.from({ length: props.signed ? 2 * 6 + 1 : 7 }, (_, i) => (props.signed ? (i - 6) / 6 : i / 6));
  return (
    <span className="mono soft" style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
      {props.format(props.signed ? -props.max : 0)}
      <svg width={steps.length * 9} height={9} aria-hidden="true">
        {steps.map((value, i) => (
          <rect
            key={i}
            x={i * 9}
            width={9}
            height={9}
            className={value < 0 ? "minus" : "plus"}
            fillOpacity={level(value, 1) / LEVELS}
          />
        ))}
        <rect className="hair" x={0.5} y={0.5} width={steps.length * 9 - 1} height={8} />
      </svg>
      {props.format(props.max)} {props.unit}
    </span>
  );
}
