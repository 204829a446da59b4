import { runsOf } from "../../layout/signs";
import { Figure } from "../../figure/Figure";
import { PointingProvider } from "../../figure/pointing";
import { useCursor } from "../../figure/useCursor";
import { useWidth } from "../../figure/useWidth";

const LEFT = 44;
const TOP = 16;
const BELOW = 18;
const NO_LIMITS = { components: new Set<string>(), layers: 0, positions: 0 };

/** Signs of a layer's weights in an order that has what belongs together side by side. */
export interface Signs {
  /** Inputs across, by their numbers. */
  inputs: readonly number[];
  /** Neurons downwards, by their numbers. */
  neurons: readonly number[];
  /** Of each input, its group; -1 for none. */
  groups: readonly number[];
  /** How many of the neurons, the first, are in a group's code. */
  coded: number;
  /** Of each neuron, a letter for each input: `+`, `-`, or `.` for none. */
  rows: readonly string[];
}

/** Neurons downwards, inputs across, a cell for a plus or a minus; groups of inputs are underlined. */
export function SignsFigure(props: { name: string; title: string; caption: string; signs: Signs }) {
  return (
    <PointingProvider limits={NO_LIMITS}>
      <Figure name={props.name} title={props.title} caption={props.caption} data={() => table(props.signs)}>
        <Cells label={props.title} name={props.name} signs={props.signs} />
      </Figure>
    </PointingProvider>
  );
}

function table({ inputs, neurons, groups, rows }: Signs) {
  return {
    columns: ["neuron", "input", "group", "sign"],
    rows: neurons.flatMap((neuron, row) => inputs.map((input, column) => [neuron, input, groups[column]!, rows[row]![column]!])),
  };
}

function Cells(props: { label: string; name: string; signs: Signs }) {
  const { inputs, neurons, groups, coded, rows } = props.signs;
  const [box, width] = useWidth<HTMLDivElement>();
  const side = Math.max(3, Math.min(16, (Math.min(width, 860) - LEFT - 4) / inputs.length));
  const high = Math.max(3, Math.min(side, 560 / neurons.length));
  const across = inputs.length * side;
  const down = neurons.length * high;
  const { cursor, drawing } = useCursor({
    label: props.label,
    rows: neurons.length,
    columns: inputs.length,
    find: (x, y) => {
      const column = Math.floor((x - LEFT) / side);
      const line = Math.floor((y - TOP) / high);
      return column < 0 || line < 0 || column >= inputs.length || line >= neurons.length ? null : { row: neurons.length - 1 - line, column };
    },
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * side, y: TOP + down - (row + 0.5) * high }),
    read: ({ row, column }) => {
      const line = neurons.length - 1 - row;
      const sign = rows[line]![column];
      const group = groups[column]!;
      return {
        title: `neuron ${neurons[line]}, input ${inputs[column]}`,
        lines: [
          ["sign", sign === "+" ? "plus" : sign === "-" ? "minus" : "none"],
          ["input", group < 0 ? "of no group" : `of group ${group + 1}`],
          ["neuron", line < coded ? "in a group's code" : "in no group's code"],
        ],
      };
    },
    choose: () => undefined,
  });
  const step = Math.max(1, Math.ceil(28 / side));
  const lineStep = Math.max(1, Math.ceil(14 / high));
  return (
    <div className="scroll" ref={box}>
      <svg width={LEFT + across + 4} height={TOP + down + BELOW} data-figure={props.name} {...drawing}>
        <g transform={`translate(${LEFT} ${TOP})`}>
          <path className="plus" d={cells(rows, "+", side, high)} />
          <path className="minus" d={cells(rows, "-", side, high)} />
          <rect className="hair" x={0} y={0} width={across} height={down} />
          {coded > 0 && coded < neurons.length && <path className="line" d={`M0 ${coded * high}H${across}`} />}
          {runsOf(groups).map(({ value, from, to }) =>
            value < 0 ? null : <path key={from} className="chosen" d={`M${from * side + 0.5} ${down + 4}H${to * side - 0.5}`} />,
          )}
          {inputs.map((input, i) =>
            i % step === 0 ? (
              <text key={input} className="soft" x={(i + 0.5) * side} y={-4} textAnchor="middle">
                {input}
              </text>
            ) : null,
          )}
          {neurons.map((neuron, i) =>
            i % lineStep === 0 ? (
              <text key={neuron} className="soft" x={-5} y={(i + 0.5) * high + 4} textAnchor="end">
                {neuron}
              </text>
            ) : null,
          )}
          {cursor !== null && (
            <rect className="cursor" x={cursor.column * side} y={down - (cursor.row + 1) * high} width={side} height={high} />
          )}
        </g>
      </svg>
    </div>
  );
}

/** One path for all cells of a sign: thousands of elements would be slow. */
function cells(rows: readonly string[], sign: string, side: number, high: number): string {
  return rows
    .flatMap((row, line) =>
      runsOf([...row])
        .filter((run) => run.value === sign)
        .map(({ from, to }) => `M${from * side} ${line * high}H${to * side}V${(line + 1) * high}H${from * side}Z`),
    )
    .join("");
}
