/** How alike two pictures order the same tokens. */

/** 1 for the smallest; tied values share the mean of their places. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(order.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let i = from; i < to; i++) ranks[order[i] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's correlation of the ranks, −1 … 1; null for fewer than three values, or where one side is all ties. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const n = a.length;
  if (n < 3) return null;
  const x = averageRanks(a);
  const y = averageRanks(b);
  const mean = (n + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = (x[i] as number) - mean;
    const dy = (y[i] as number) - mean;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : null;
}

export interface Overlap {
  shared: number;
  of: number;
}

/** How many of the strongest quarter (at least one) of each order stand in that of the other. */
export function topQuarter(a: Int32Array, b: Int32Array): Overlap {
  const of = Math.ceil(Math.min(a.length, b.length) / 4);
  const top = new Set(a.subarray(0, of));
  let shared = 0;
  for (const group of b.subarray(0, of)) if (top.has(group)) shared++;
  return { shared, of };
}

/** What a rank correlation says, after "A and B rank the tokens". */
export function alikeness(rho: number): string {
  if (rho >= 0.9) return "alike";
  if (rho >= 0.7) return "mostly alike";
  if (rho >= 0.4) return "somewhat alike";
  if (rho > -0.4) return "differently";
  return "in nearly opposite order";
}
