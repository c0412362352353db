/** The second bundle: panels that are sent when one of them is first opened. */
import chartCss from "./chart.css";
import { createCheck } from "./check";
import checkCss from "./check.css";
import { createCompare } from "./compare";
import compareCss from "./compare.css";
import { createExamples } from "./examples";
import examplesCss from "./examples.css";
import { createGuess } from "./guess";
import guessCss from "./guess.css";
import { createHelp } from "./help";
import helpCss from "./help.css";
import { createMap } from "./map";
import mapCss from "./map.css";
import type { PanelBundle } from "./panel";
import { createSave } from "./save";
import saveCss from "./save.css";
import { createSeries } from "./series";
import seriesCss from "./series.css";
import zoomCss from "./zoom.css";

export const panels: PanelBundle["panels"] = {
  compare: createCompare,
  check: createCheck,
  map: createMap,
  series: createSeries,
  examples: createExamples,
  help: createHelp,
  save: createSave,
};

export const guess = createGuess;

export const css = [
  chartCss,
  compareCss,
  checkCss,
  mapCss,
  seriesCss,
  examplesCss,
  guessCss,
  helpCss,
  saveCss,
  zoomCss,
].join("\n");
