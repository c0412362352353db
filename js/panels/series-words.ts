/** What the figure says, in words. */
import * as numbers from "../numbers";
import { type NextValues, type Point, probabilityOf, quantile, shareBelow } from "./series-data";

function valueText(value: number): string {
  return numbers.minus(String(Number(value.toPrecision(9))));
}

export interface Influence {
  score: string; // with its standard error where it is an estimate
  unit: string;
  rank: number; // among the values; 0 where it has none
  scored: number;
  share: string;
}

/** "37th value: 412, influence 3.1 nats (2nd of 60), 4 % of the influence". */
export function pointWords(
  index: number,
  points: readonly Point[],
  influence: Influence | null,
  explained: boolean,
): string {
  const point = points[index];
  if (!point) return `${numbers.ordinal(index + 1)} value: what comes next`;
  const said = `${numbers.ordinal(index + 1)} value: ${point.text}`;
  if (explained) return `${said}, explained here`;
  if (!influence || influence.rank === 0) return `${said}, no influence: it comes after the explained number`;
  return `${said}, influence ${influence.score} ${influence.unit} (${numbers.ordinal(influence.rank)} of ${influence.scored.toLocaleString("en")}), ${influence.share} of the influence`;
}

/** What the model expects; "" while nothing is found. */
export function predictionWords(next: NextValues): string {
  const median = quantile(next, 0.5);
  const low = quantile(next, 0.25);
  const high = quantile(next, 0.75);
  if (median === null || low === null || high === null || next.found === 0) return "";
  const range = low === high ? "" : `, half of it from ${valueText(low)} to ${valueText(high)}`;
  const said = `The model expects ${valueText(median)} (median${range}).`;
  if (next.actual === null) return said;
  const p = probabilityOf(next, next.actual);
  const below = numbers.share(shareBelow(next, next.actual));
  const chance = p > 0 ? `it had ${numbers.probability(p)}` : "it is not among the values found";
  return `${said} The text says ${valueText(next.actual)}: ${chance}, and ${below} of the prediction lies below it.`;
}

/** How much of the distribution is known. */
export function coverageWords(next: NextValues): string {
  const parts = [
    `${numbers.count(next.values.length, "value")} found with ${numbers.probability(next.found)} of the probability`,
  ];
  if (next.unexplored >= 0.0005)
    parts.push(`${numbers.probability(next.unexplored)} not followed to the end of a number`);
  if (next.other >= 0.0005) parts.push(`${numbers.probability(next.other)} is no number`);
  return `${parts.join(", ")}.`;
}
