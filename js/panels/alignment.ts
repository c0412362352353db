/** Two sequences of tokens side by side: which of one stands where which of the other does. */

/** Places in the two sequences; null is a gap. */
export interface Pair {
  before: number | null;
  now: number | null;
  same: boolean;
}

const FIRST_BAND = 32;
const WIDER = 8;
const MOST_CELLS = 12_000_000;
const MOST_COST = 1e9;
const NOWHERE = 2 ** 30; // more than any path costs, and no sum of it and a gap overflows 32 bits
const PAIRED = 0;
const DROPPED = 1;
const ADDED = 2;

/**
 * The global alignment with the most equal pairs and, among those, the most substitutions (so the fewest gaps).
 *
 * What both begin and end with is paired first. Between, only a band around the diagonal is filled (Ukkonen 1985); it
 * is widened until no path outside can be better, so that texts which differ little cost little. Beyond 12 million
 * cells the best path inside the band is taken as it is.
 */
export function align<T>(before: readonly T[], now: readonly T[]): Pair[] {
  const shorter = Math.min(before.length, now.length);
  let head = 0;
  while (head < shorter && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++;

  const pairs: Pair[] = [];
  for (let i = 0; i < head; i++) pairs.push({ before: i, now: i, same: true });
  const [a, b] = numbered(before.slice(head, before.length - tail), now.slice(head, now.length - tail));
  for (const pair of middle(a, b)) {
    pairs.push({
      before: pair.before === null ? null : pair.before + head,
      now: pair.now === null ? null : pair.now + head,
      same: pair.same,
    });
  }
  for (let i = tail; i > 0; i--) pairs.push({ before: before.length - i, now: now.length - i, same: true });
  return pairs;
}

/** Small whole numbers compare faster than texts. */
function numbered<T>(a: readonly T[], b: readonly T[]): [Int32Array, Int32Array] {
  const known = new Map<T, number>();
  const number = (value: T) => {
    const at = known.get(value) ?? known.size;
    known.set(value, at);
    return at;
  };
  return [Int32Array.from(a, number), Int32Array.from(b, number)];
}

function middle(a: Int32Array, b: Int32Array): Pair[] {
  if (a.length === 0 || b.length === 0) return trace(a, b, null, 0, 0);
  // A gap costs more than all substitutions can save, so that equal tokens come first.
  const gap = Math.min(Math.min(a.length, b.length) + 1, Math.floor(MOST_COST / (a.length + b.length)));
  const apart = Math.abs(a.length - b.length);
  const widest = Math.max(a.length, b.length);
  for (let band = FIRST_BAND; ; band = Math.min(widest, band * WIDER)) {
    const low = Math.min(0, b.length - a.length) - band;
    const width = apart + 2 * band + 1;
    const { cost, steps } = fill(a, b, gap, low, width);
    const proven = band >= widest || cost <= gap * (apart + 2 * (band + 1));
    const next = (a.length + 1) * (apart + 2 * Math.min(widest, WIDER * band) + 1);
    if (proven || next > MOST_CELLS) return trace(a, b, steps, low, width);
  }
}

/** Cell (i, j) of the band lies at column j − i − low of row i. */
function fill(
  a: Int32Array,
  b: Int32Array,
  gap: number,
  low: number,
  width: number,
): { cost: number; steps: Uint8Array } {
  const steps = new Uint8Array((a.length + 1) * width);
  const substitution = 2 * gap - 1;
  // The row above lies one column to the right in its own band, so one array serves for both.
  const row = new Int32Array(width + 1).fill(NOWHERE);
  for (let k = Math.max(0, -low); k < width && k + low <= b.length; k++) {
    row[k] = gap * (k + low);
    steps[k] = ADDED;
  }
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(0, -low - i);
    const to = Math.min(width - 1, b.length - low - i);
    const token = a[i - 1];
    const offset = i * width;
    let left = NOWHERE;
    for (let k = from; k <= to; k++) {
      const j = i + low + k;
      let best = NOWHERE;
      let step = PAIRED;
      if (j > 0) best = (row[k] as number) + (b[j - 1] === token ? 0 : substitution);
      const dropped = (row[k + 1] as number) + gap;
      if (dropped < best) {
        best = dropped;
        step = DROPPED;
      }
      const added = left + gap;
      if (added < best) {
        best = added;
        step = ADDED;
      }
      row[k] = best;
      steps[offset + k] = step;
      left = best;
    }
  }
  return { cost: row[b.length - a.length - low] as number, steps };
}

function trace(a: Int32Array, b: Int32Array, steps: Uint8Array | null, low: number, width: number): Pair[] {
  const pairs: Pair[] = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 || j > 0) {
    const step = i === 0 ? ADDED : j === 0 || !steps ? DROPPED : steps[i * width + j - i - low];
    const before = step === ADDED ? null : --i;
    const now = step === DROPPED ? null : --j;
    pairs.push({ before, now, same: before !== null && now !== null && a[before] === b[now] });
  }
  return pairs.reverse();
}
