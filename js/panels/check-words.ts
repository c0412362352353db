/** What the check says: how far it is, what a token's removal did, and how tokens are taken away. */
import * as numbers from "../numbers";
import { groupEnd, visible } from "../tokens";
import type { Tokens } from "../wire";
import type { Ablated, Check } from "./check-data";

export const ABLATIONS: Record<string, readonly [name: string, explains: string]> = {
  zero: ["Zero", "The token’s embedding becomes zero."],
  mean: ["Mean", "The token’s embedding becomes the mean of all embeddings."],
  pad: ["Padding", "The padding token stands in for the token."],
  bos: ["BOS", "The BOS token stands in for the token."],
  remove: ["Remove", "The token is left out, and what follows moves up."],
};

export const NEEDS_KERNEL = "Taking other tokens away, or in another way, takes a running kernel.";

const nats = (x: number) => `${numbers.score(x, x)} nats`;

/** A signed number of its own precision. */
export const change = (x: number): string => numbers.signed(x, Math.abs(x));

const logP = (check: Check) => `Δ log p(${visible(check.measured.label)})`;

/** What leaving a piece out did; "" for one that has not been left out. */
export function noteOf(check: Check, start: number, stop: number): string {
  const kl = check.kl.subarray(start, Math.min(stop, check.end)); // what comes later cannot be left out
  if (kl.length === 0 || kl.some(Number.isNaN)) return "";
  const { most } = check;
  const largest = `${numbers.score(Math.max(...kl), most.kl)} nats`;
  if (kl.length > 1) return `leave-one-out, token by token: KL up to ${largest}`;
  const delta = numbers.signed(check.deltaLogP[start] as number, most.deltaLogP);
  return `leave-one-out: KL ${largest}, ${logP(check)} ${delta}`;
}

export interface Situation {
  words: string;
  button: "all" | "stop" | null;
  done: number; // tokens, for the meter
  total: number; // 0 for no meter
}

export interface Circumstances {
  check: Check | null; // of this picture
  picture: boolean;
  error: string;
  kernel: boolean;
  message: string; // of a saved result, in place of ours
  asked: boolean; // "Check all tokens" was pressed
}

const about = (seconds: number) => (seconds < 1 ? "" : `about ${numbers.duration(seconds)}`);

/** How far it is, in words, and what can be asked for next. */
export function situation({ check, picture, error, kernel, message, asked }: Circumstances): Situation {
  const said = (words: string, button: Situation["button"] = null): Situation => ({
    words,
    button: kernel ? button : null,
    done: 0,
    total: 0,
  });
  if (error) return said(`The check failed: ${error}`);
  if (!check) {
    if (!kernel) {
      return said(
        `No check was saved with this picture. ${message || "To make one takes a running kernel."}`,
      );
    }
    return said(picture ? "Ablating tokens …" : "Once there is a picture.");
  }
  if (check.screened === 0) return said("");
  const { confirmed, end } = check;
  const part =
    confirmed === end
      ? `All ${end.toLocaleString("en")} tokens confirmed by leaving each out.`
      : `${confirmed.toLocaleString("en")} of ${numbers.count(end, "token")} confirmed by leaving each out.`;
  if (check.state === "computing" && kernel) {
    const left = about(check.seconds);
    const words = asked
      ? `Left out ${confirmed.toLocaleString("en")} of ${numbers.count(end, "token")}${left && `, ${left} left`}`
      : "Ablating tokens …";
    return { words, button: asked ? "stop" : null, done: asked ? confirmed : 0, total: asked ? end : 0 };
  }
  if (confirmed === end && check.curves) return said(part);
  if (!kernel) return said(`${part} To check the rest takes a running kernel.`);
  const takes = about(check.seconds);
  if (check.state === "stopped") return said(`The whole check takes ${takes || "a while"}.`, "all");
  return said(`${part}${takes && ` The rest takes ${takes}.`}`, "all");
}

/** The tokens that are taken away, the first few by name. */
export function namesOf(tokens: Tokens, chosen: readonly number[], most = 4): string {
  const names = chosen.slice(0, most).map((t) => visible(tokens.labels[t] ?? ""));
  const more = chosen.length - names.length;
  return `${names.join(" ")}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}`;
}

/** What taking them away together did. */
export function effectWords(check: Check, { before, after, kl, deltaLogP }: Ablated): string {
  const at = before.findIndex(({ id }) => id === check.measured.id);
  const [was, is] = [before[at], after[at]];
  const moved =
    was && is
      ? `p(${visible(check.measured.label)}) from ${numbers.probability(was.p)} to ${numbers.probability(is.p)}, `
      : "";
  return `${moved}Δ log p ${change(deltaLogP)} nats, KL ${nats(kl)}.`;
}

/** What is said of a token of the strip. */
export function tokenWords(check: Check | null, tokens: Tokens, group: number, chosen: boolean): string {
  const starts = tokens.groups.token;
  const start = starts[group] as number;
  const parts: string[] = [];
  if (check && start >= check.end) parts.push("comes after the prediction");
  else if (check)
    parts.push(noteOf(check, start, groupEnd(starts, group, tokens.ids.length)) || "not left out yet");
  if (chosen) parts.push("taken away");
  return parts.join(", ");
}
