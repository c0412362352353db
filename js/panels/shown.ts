/** The scene as it is on screen: while an answer is awaited, that is an older picture and what it explains. */
import { explainedBy, type Scene } from "../scene";

/** With the basis of the picture, which may be neither the latest nor the one wished for. */
export function asShown(scene: Scene): Scene {
  const basis = scene.picture && scene.held ? scene.held.basis : scene.basis;
  return basis ? { ...scene, basis, explained: explainedBy(scene, basis) } : scene;
}
