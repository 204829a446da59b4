/** A scale from values to pixels, with round ticks. */
export interface Axis {
  x(value: number): number;
  ticks: number[];
  /** Decimals that tell neighbouring ticks apart. */
  digits: number;
}

/** An axis that holds some values and 0, about one tick in so many pixels. */
export function axis(values: Iterable<number>, width: number, every = 70): Axis {
  let low = 0;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) high = 1;
  const step = roundStep((high - low) / Math.max(1, Math.floor(width / every)));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const from = first * step;
  const span = (last - first) * step;
  return {
    x: (value) => ((value - from) / span) * width,
    ticks: Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12))),
    digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
  };
}

/** The smallest of 1, 2, 5 × 10ⁿ that is no smaller. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
}
