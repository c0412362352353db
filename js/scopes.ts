/** What each scope is called, asks, measures and means, in words. */
import type { Scope } from "./wire";

export interface ScopeWords {
  name: string;
  unit: string;
  explains: string;
  formula: string;
  target: boolean;
}

const LOGITS = "logits per unit embedding norm";
const NATS = "nats per unit embedding norm";

export const SCOPE_WORDS: Record<Scope, ScopeWords> = {
  semantic: {
    name: "Semantic",
    unit: LOGITS,
    explains: "How far each token can move the logit of one target token.",
    formula: "‖Jₜᵀ v‖, v = the target’s row of the unembedding",
    target: true,
  },
  fisher: {
    name: "Fisher",
    unit: "nats",
    explains: "How far each token can move the whole next-token distribution.",
    formula: "tr(Jₜᵀ F Jₜ), F = the prediction’s Fisher information, or only its top k directions",
    target: false,
  },
  temperature: {
    name: "Temperature",
    unit: "β per unit embedding norm",
    explains: "How far each token can move the model’s confidence, its effective inverse temperature β.",
    formula: "‖Jₜᵀ ŷ‖, ŷ = y/‖y‖ and β = ‖y‖, y = the final hidden state",
    target: false,
  },
  contrast: {
    name: "Contrast",
    unit: LOGITS,
    explains: "How far each token can move the target’s logit away from another token’s.",
    formula: "‖Jₜᵀ (v − v′)‖, v and v′ = the rows of the two tokens",
    target: true,
  },
  log_probability: {
    name: "Log-probability",
    unit: NATS,
    explains: "How far each token can move the log-probability of one target token.",
    formula: "‖Jₜᵀ (v − Σⱼ pⱼ vⱼ)‖, pⱼ and vⱼ = probability and row of token j",
    target: true,
  },
  entropy: {
    name: "Entropy",
    unit: NATS,
    explains: "How far each token can move the uncertainty (entropy) of the prediction.",
    formula: "‖Jₜᵀ ∇H‖, H = −Σⱼ pⱼ log pⱼ",
    target: false,
  },
};

export const FIRST_SCOPES: readonly Scope[] = ["semantic", "fisher", "temperature"];
export const MORE_SCOPES: readonly Scope[] = ["contrast", "log_probability", "entropy"];
