import { number } from "../../record/words";

const WIDTH = 320;
const EDGE = 24;

/**
 * An effect on a line with its controls: hollow marks are controls, the bar is the effect.
 *
 * @param most what the line reaches to, where it is read beside another one; else as far as its own values
 */
export function EffectStrip(props: { effect: number; controls: readonly number[]; most?: number }) {
  const { effect, controls } = props;
  const most = props.most ?? reach(effect, controls);
  const x = (value: number) => WIDTH / 2 + (value / most) * (WIDTH / 2 - EDGE);
  const words = `effect ${number(effect)} nats; controls ${controls.map((value) => number(value)).join(", ")}`;
  return (
    <svg width={WIDTH} height={40} role="img" aria-label={words}>
      <line className="hair" x1={EDGE / 2} x2={WIDTH - EDGE / 2} y1={20.5} y2={20.5} />
      <line className="zero" x1={x(0)} x2={x(0)} y1={8} y2={30} />
      <rect className={effect < 0 ? "minus" : "plus"} x={Math.min(x(0), x(effect))} width={Math.max(1, Math.abs(x(effect) - x(0)))} y={12} height={6} />
      {controls.map((value, i) => (
        <circle key={i} className="dot" cx={x(value)} cy={26} r={3} />
      ))}
      <text className="soft" x={x(0)} y={39} textAnchor="middle">
        0
      </text>
      <text x={x(effect)} y={10} textAnchor="middle">
        {number(effect, Math.abs(effect) < 0.1 ? 3 : 2)}
      </text>
    </svg>
  );
}

/** How far an effect and its controls reach from 0. */
export function reach(effect: number, controls: readonly number[]): number {
  return Math.max(1e-9, Math.abs(effect), ...controls.map(Math.abs));
}
