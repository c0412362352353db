/** The scene as it is on screen: while an answer is awaited, that is an older picture and what it explains. */
import type { Scene } from "../scene";
import { groupOf } from "../tokens";
import type { Basis } from "../wire";

/** The group that a basis explains; null for what comes next. */
export function explainedBy({ tokens, starts }: Scene, { position }: Basis): number | null {
  return tokens && position !== null && position < tokens.ids.length ? groupOf(starts, position) : null;
}

/** With the basis of the picture, which may be neither the latest nor the one wished for. */
export function asShown(scene: Scene): Scene {
  const basis = scene.picture && scene.held ? scene.held.basis : scene.basis;
  return basis ? { ...scene, basis, explained: explainedBy(scene, basis) } : scene;
}
