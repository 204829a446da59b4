/** The ends of an interval. */
export interface Ends {
  low: number;
  high: number;
}

/**
 * The 95 % percentile bootstrap interval of a median, exactly: as cutaway.interp.statistics.MedianInterval, for records
 * that were kept before they held their intervals.
 *
 * @returns null where the values cannot say: fewer than two, all the same, or one that is none
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Ends | null {
  const sorted = values.map(Number).sort((a, b) => a - b);
  const n = sorted.length;
  if (n < 2 || sorted.some(Number.isNaN) || sorted[0] === sorted[n - 1]) return null;
  const middle = Math.ceil(n / 2);
  const atMost = (i: number) => binomialTail(n, i / n, middle);
  const apart = (i: number, j: number) => (i === 0 || j === n ? 0 : choose(n, middle) * ((i / n) * (1 - j / n)) ** middle);
  const chances: { median: number; probability: number }[] = [];
  for (let i = 1; i <= n; i++) {
    const lower = atMost(i) - atMost(i - 1);
    const both = n % 2 === 1 ? lower : lower - apart(i, i) + apart(i - 1, i);
    chances.push({ median: sorted[i - 1]!, probability: both });
    for (let j = i + 1; n % 2 === 0 && j <= n; j++) {
      const those = apart(i, j - 1) - apart(i - 1, j - 1) - apart(i, j) + apart(i - 1, j);
      chances.push({ median: (sorted[i - 1]! + sorted[j - 1]!) / 2, probability: those });
    }
  }
  chances.sort((a, b) => a.median - b.median);
  const quantile = (level: number) => {
    let below = 0;
    return (chances.find(({ probability }) => (below += probability) >= level) ?? chances[chances.length - 1]!).median;
  };
  const tail = (1 - confidence) / 2;
  return { low: quantile(tail), high: quantile(1 - tail) };
}

function binomialTail(n: number, p: number, least: number): number {
  let sum = 0;
  for (let k = least; k <= n; k++) sum += choose(n, k) * p ** k * (1 - p) ** (n - k);
  return sum;
}

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product *= (n - k + i) / i;
  return product;
}
