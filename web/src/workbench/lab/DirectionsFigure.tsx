import { Figure } from "../../figure/Figure";
import type { ToyMoment } from "../../record/routes";
import { number } from "../../record/words";

const SIDE = 300;
const EDGE = 22;

/** Shorter arrows have no name: it would lie on the others'. */
const NAMED = 0.12;

/**
 * The features' directions in a plane, as arrows from 0.
 *
 * @param largest length that is ever drawn, so that all moments have one scale
 * @param chosen feature that is marked
 */
export function DirectionsFigure(props: { moment: ToyMoment; largest: number; chosen: number | null }) {
  const { moment, largest, chosen } = props;
  const unit = (SIDE / 2 - EDGE) / largest;
  const middle = SIDE / 2;
  return (
    <Figure
      name="toy-directions"
      title="Directions W"
      caption="an arrow for each feature; the circle has the radius 1"
      data={() => ({
        columns: ["step", "feature", "x", "y", "norm", "dimensionality"],
        rows: moment.directions.map(([x, y], i) => [moment.step, i, x!, y!, moment.norms[i]!, moment.dimensionality[i]!]),
      })}
    >
      <svg width={SIDE} height={SIDE} role="img" aria-label={reading(moment)} data-figure="toy-directions">
        <circle className="hair" cx={middle} cy={middle} r={unit} />
        <path className="hair" d={`M${EDGE / 2} ${middle}H${SIDE - EDGE / 2}M${middle} ${EDGE / 2}V${SIDE - EDGE / 2}`} />
        {moment.directions.map(([x, y], i) => (
          <Arrow key={i} name={String(i)} x={middle + x! * unit} y={middle - y! * unit} norm={moment.norms[i]!} isChosen={i === chosen} />
        ))}
      </svg>
    </Figure>
  );
}

function Arrow(props: { name: string; x: number; y: number; norm: number; isChosen: boolean }) {
  const { x, y, norm } = props;
  const middle = SIDE / 2;
  const angle = Math.atan2(y - middle, x - middle);
  const barb = (turn: number) => `M${x} ${y}L${x - 8 * Math.cos(angle + turn)} ${y - 8 * Math.sin(angle + turn)}`;
  return (
    <g>
      <path
        className="line"
        strokeWidth={props.isChosen ? 3 : 1.5}
        d={`M${middle} ${middle}L${x} ${y}${norm > NAMED ? barb(0.4) + barb(-0.4) : ""}`}
      />
      {norm > NAMED && (
        <text className="named" x={x + 11 * Math.cos(angle)} y={y + 11 * Math.sin(angle) + 4} textAnchor="middle">
          {props.name}
        </text>
      )}
    </g>
  );
}

/** The same for who cannot see it. */
function reading(moment: ToyMoment): string {
  return `Directions of features in the plane: ${moment.directions.map(([x, y], i) => `${i} at ${number(x!, 2)}, ${number(y!, 2)}`).join("; ")}`;
}
