/** The figure: values as a line, influence as bars below, the predicted distribution at the right. */
import { attr, h, show } from "../dom";
import { plain } from "../keys";
import * as numbers from "../numbers";
import { svg, ticks } from "./chart";
import type { PanelContext } from "./panel";
import {
  type Domain,
  domainOf,
  type Histogram,
  histogram,
  type NextValues,
  type Point,
  quantile,
} from "./series-data";
import {
  brushed,
  type Frame,
  frameOf,
  HEIGHT,
  pathsOf,
  type Scales,
  scalesOf,
  sidePath,
  type Window,
  zoomed,
} from "./series-draw";
import { STILL, wheelZoom } from "./zoom";

const MOST_IN_SVG = 500;
export const ZOOM = 2; // of one step
const BINS = 48;
const ASIDE_GAP = 12;

export interface Content {
  points: readonly Point[];
  scores: readonly number[]; // 0 from `cut` on
  max: number;
  signed: boolean;
  unit: string;
  /** The first value that cannot have had an influence; the number of values where all can. */
  cut: number;
  explained: number | null; // index of the value; one beyond the last is what comes next
  next: NextValues | null; // the prediction for `explained`
}

export interface Figure {
  el: HTMLElement;
  draw(content: Content): void;
  point(index: number | null): void;
  zoom(factor: number): void;
  whole(): void;
  readonly zoomed: boolean;
}

/** What stands at the right, of the values found. */
interface Aside {
  bins: Histogram;
  median: number | null;
}

interface Told {
  pointed(index: number | null, byKey: boolean): void;
  open(index: number): void;
  zoomed(): void;
}

const path = (name: string) => svg("path", { class: `jw-series-${name}` });

export function createFigure({ keys, on, signal, uid }: PanelContext, told: Told): Figure {
  const marks = {
    after: path("after"),
    before: path("line"),
    dots: path("dots"),
    late: path("dots is-late"),
    rising: path("bars"),
    falling: path("bars is-negative"),
  };
  const layers = Object.entries(marks) as [keyof typeof marks, SVGElement][];
  const axes = svg("g", { class: "jw-series-axes" });
  const side = path("side");
  const middle = path("median");
  const actual = path("actual");
  const ring = svg("circle", { class: "jw-series-ring", r: 6 });
  const slot = path("slot");
  const cursor = path("cursor");
  const spot = svg("circle", { class: "jw-series-spot", r: 4 });
  const brush = svg("rect", { class: "jw-series-brush" });
  const below = svg("g", {}, axes, slot, cursor);
  const clip = svg("clipPath", { id: `${uid}-series-clip` }, svg("rect", {}));
  const drawn = svg(
    "g",
    { "clip-path": `url(#${uid}-series-clip)` },
    marks.rising,
    marks.falling,
    marks.after,
    marks.before,
    marks.late,
    marks.dots,
  );
  const picture = svg(
    "svg",
    { "aria-hidden": "true" },
    clip,
    below,
    drawn,
    side,
    middle,
    actual,
    ring,
    spot,
    brush,
  );
  const canvas = h("canvas", { "aria-hidden": "true", hidden: true });
  const el = h(
    "div",
    {
      class: "jw-chart jw-series-figure",
      tabindex: 0,
      role: "application",
      "aria-roledescription": "series",
      "aria-label": "Series",
      "aria-describedby": `${uid}-series-summary`,
    },
    canvas,
    picture,
  );

  let content: Content | null = null;
  let window_: Window = { from: 0, to: 0 };
  let whole = true;
  let width = 0;
  let frame: Frame | null = null;
  let scales: Scales | null = null;
  let pointed: number | null = null;
  let queued = 0;

  /** One more than the values where the next one is predicted. */
  const slots = () =>
    content ? content.points.length + (content.explained === content.points.length ? 1 : 0) : 0;

  function soon(): void {
    queued ||= requestAnimationFrame(() => {
      queued = 0;
      render();
    });
  }

  function render(): void {
    if (!content || width <= 0 || signal.aborted) return;
    const { points, next, scores, cut, max, signed, explained } = content;
    const domain = domainOf(points, next);
    const labels = ticks(domain.low, domain.high, 5);
    const letters = Math.max(3, ...labels.map((x) => label(x).length), numbers.score(max, max).length);
    const aside: Aside | null =
      next && next.found > 0 ? { bins: histogram(next, domain, BINS), median: quantile(next, 0.5) } : null;
    frame = frameOf(width, letters, aside !== null);
    scales = scalesOf(frame, window_, domain);
    attr(picture, "viewBox", `0 0 ${width} ${HEIGHT}`);
    attr(picture, "width", width);
    attr(picture, "height", HEIGHT);
    const box = clip.firstElementChild as SVGElement;
    for (const [name, value] of Object.entries({
      x: frame.left,
      y: 0,
      width: Math.max(0, frame.right - frame.left),
      height: HEIGHT,
    }))
      attr(box, name, value);
    drawAxes(frame, scales, labels, aside);
    const paths = pathsOf(points, scores, frame, window_, scales, explained ?? cut, max, signed);
    const many = points.length > MOST_IN_SVG;
    for (const [name, layer] of layers) attr(layer, "d", many ? null : paths[name]);
    show(canvas, many);
    if (many) paint(paths, frame);
    drawPrediction(frame, scales, domain, aside);
    drawPointed();
  }

  /** The same paths, in the colours that the style sheet gives to the layers. */
  function paint(paths: Record<keyof typeof marks, string>, within: Frame): void {
    const ratio = Math.max(1, devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.beginPath();
    pen.rect(within.left, 0, within.right - within.left, HEIGHT);
    pen.clip();
    pen.lineJoin = "round";
    for (const [name, layer] of layers) {
      const { fill, stroke, strokeWidth } = getComputedStyle(layer);
      const shape = new Path2D(paths[name]);
      if (fill !== "none") {
        pen.fillStyle = fill;
        pen.fill(shape);
      }
      if (stroke !== "none") {
        pen.strokeStyle = stroke;
        pen.lineWidth = Number.parseFloat(strokeWidth) || 1;
        pen.stroke(shape);
      }
    }
  }

  function label(value: number): string {
    return Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3)
      ? numbers.minus(value.toExponential(0))
      : numbers.minus(String(Number(value.toPrecision(6))));
  }

  function drawAxes(at: Frame, to: Scales, labels: readonly number[], aside: Aside | null): void {
    if (!content) return;
    const parts: Node[] = [];
    const word = (x: number, y: number, anchor: string, words: string) =>
      parts.push(svg("text", { x, y, "text-anchor": anchor, class: "jw-chart-tick" }, words));
    let grid = "";
    for (const value of labels) {
      const y = Math.round(to.y(value)) + 0.5;
      grid += `M${at.left} ${y}H${at.right}`;
      word(at.left - 6, y + 3.5, "end", label(value));
    }
    const zero = content.signed ? Math.round((at.barTop + at.barBottom) / 2) + 0.5 : at.barBottom + 0.5;
    parts.unshift(svg("path", { class: "jw-chart-grid", d: grid }));
    parts.push(svg("path", { class: "jw-chart-base", d: `M${at.left} ${zero}H${at.right}` }));
    if (content.max > 0) word(at.left - 6, at.barTop + 7, "end", numbers.score(content.max, content.max));
    word(at.left - 6, zero + 3.5, "end", "0");
    word(at.left, at.barTop - 8, "start", `Influence, ${content.unit}`);
    const count = Math.max(2, Math.min(12, Math.floor((at.right - at.left) / 56)));
    for (const i of ticks(Math.max(1, window_.from + 1), Math.max(2, window_.to + 1), count)) {
      if (Number.isInteger(i)) word(to.x(i - 1), at.barBottom + 17, "middle", i.toLocaleString("en"));
    }
    if (aside) {
      const { bins, median } = aside;
      const lines = [
        "Predicted",
        median === null ? "" : `median ${label(median)}`,
        bins.outside >= 0.005 ? `${numbers.share(bins.outside)} off the axis` : "",
      ].filter((line) => line !== "");
      for (const [i, line] of lines.entries()) {
        word(at.right + ASIDE_GAP, at.bottom + 16 + 14 * i, "start", line);
      }
    }
    axes.replaceChildren(...parts);
  }

  function drawPrediction(at: Frame, to: Scales, domain: Domain, aside: Aside | null): void {
    const { points, explained } = content as Content;
    const point = explained === null ? undefined : points[explained];
    const visible = explained !== null && explained >= window_.from - 0.5 && explained <= window_.to + 0.5;
    const x = explained === null ? 0 : to.x(explained);
    attr(ring, "visibility", point && visible ? "visible" : "hidden");
    if (point) {
      attr(ring, "cx", x);
      attr(ring, "cy", to.y(point.value));
    }
    attr(slot, "d", explained !== null && !point && visible ? `M${x} ${at.top}V${at.bottom}` : "");
    const from = at.right + ASIDE_GAP;
    const end = at.width - 4;
    attr(side, "d", aside ? sidePath(aside.bins, at, to, from, end) : "");
    const median = aside?.median ?? null;
    const inside = (value: number) => value >= domain.low && value <= domain.high;
    attr(middle, "d", median !== null && inside(median) ? `M${from - 6} ${to.y(median)}H${end}` : "");
    const y = point ? to.y(point.value) : 0;
    attr(
      actual,
      "d",
      aside && point && inside(point.value) ? `M${visible ? x + 8 : at.left} ${y}H${end}` : "",
    );
  }

  function drawPointed(): void {
    const point = pointed === null ? undefined : content?.points[pointed];
    const seen =
      frame && scales && pointed !== null && pointed >= window_.from - 0.5 && pointed <= window_.to + 0.5;
    attr(spot, "visibility", point && seen ? "visible" : "hidden");
    attr(
      cursor,
      "d",
      seen && frame && scales ? `M${scales.x(pointed as number)} ${frame.top}V${frame.barBottom}` : "",
    );
    if (point && seen && scales) {
      attr(spot, "cx", scales.x(pointed as number));
      attr(spot, "cy", scales.y(point.value));
    }
  }

  function show_(next: Window): void {
    window_ = next;
    whole = next.from <= 0 && next.to >= slots() - 1;
    el.classList.toggle("is-zoomed", !whole);
    told.zoomed();
    soon();
  }

  const figure: Figure = {
    el,
    draw(given) {
      const fresh = given.points !== content?.points || given.explained !== content?.explained;
      const before = slots();
      content = given;
      if (fresh && (whole || slots() !== before || window_.to === 0))
        show_({ from: 0, to: Math.max(0, slots() - 1) });
      soon();
    },
    point(index) {
      if (index === pointed) return;
      pointed = index;
      drawPointed();
    },
    zoom(factor) {
      const about = pointed ?? (window_.from + window_.to) / 2;
      show_(zoomed(window_, factor, about, slots()));
    },
    whole: () => show_({ from: 0, to: Math.max(0, slots() - 1) }),
    get zoomed() {
      return !whole;
    },
  };

  function reach(index: number | null, byKey: boolean): void {
    const count = slots();
    const next = index === null || count === 0 ? null : Math.max(0, Math.min(count - 1, index));
    figure.point(next);
    told.pointed(next, byKey);
  }

  // Pointer: hover, click, brush, pinch
  const down = new Map<number, number>();
  let from = 0;
  let brushing = false;
  const at = (event: MouseEvent) => event.clientX - el.getBoundingClientRect().left;
  const inPlot = (x: number) => frame !== null && x >= frame.left - 4 && x <= frame.right + 4;
  const value = (x: number) => (scales ? (x - (frame as Frame).left) / scales.step + window_.from - 0.5 : 0);

  on(el, "pointerdown", (event) => {
    if (event.button !== 0 || !inPlot(at(event))) return;
    from = at(event);
    down.set(event.pointerId, from);
    brushing = false;
  });
  on(el, "pointermove", (event) => {
    const x = at(event);
    const start = down.get(event.pointerId);
    if (start === undefined) {
      if (down.size === 0) reach(inPlot(x) && scales ? scales.index(x) : null, false);
      return;
    }
    if (down.size > 1) {
      const [a = 0, b = 0] = [...down.values()];
      down.set(event.pointerId, x);
      const [c = 0, d = 0] = [...down.values()];
      const apart = Math.abs(a - b);
      if (apart > 0) show_(zoomed(window_, Math.abs(c - d) / apart, value((c + d) / 2), slots()));
      attr(brush, "visibility", "hidden");
      brushing = false;
      return;
    }
    if (!brushing && Math.abs(x - from) < STILL) return;
    if (!brushing) el.setPointerCapture(event.pointerId);
    brushing = true;
    if (!frame) return;
    const edge = Math.min(frame.right, Math.max(frame.left, x));
    attr(brush, "x", Math.min(from, edge));
    attr(brush, "width", Math.abs(edge - from));
    attr(brush, "y", frame.top);
    attr(brush, "height", frame.barBottom - frame.top);
    attr(brush, "visibility", "visible");
  });
  const up = (event: PointerEvent) => {
    const alone = down.size === 1;
    if (!down.delete(event.pointerId)) return;
    attr(brush, "visibility", "hidden");
    if (event.type !== "pointerup" || !alone) return;
    if (brushing) show_(brushed(Math.round(value(from)), Math.round(value(at(event))), slots()));
    else if (scales) {
      reach(scales.index(from), false);
      if (pointed !== null) told.open(pointed);
    }
    brushing = false;
  };
  on(el, "pointerup", up);
  on(el, "pointercancel", up);
  on(el, "pointerleave", () => {
    if (down.size === 0) reach(null, false);
  });
  on(el, "dblclick", () => figure.whole());
  on(
    el,
    "wheel",
    (event) => {
      const factor = wheelZoom(event);
      if (factor !== null) show_(zoomed(window_, factor, value(at(event)), slots()));
    },
    { passive: false },
  );
  on(el, "blur", () => reach(null, false));

  /** Walks to a value, and moves the window with it. */
  function walk(index: number): void {
    reach(index, true);
    if (pointed === null) return;
    const span = window_.to - window_.from;
    if (pointed < window_.from) show_({ from: pointed, to: pointed + span });
    else if (pointed > window_.to) show_({ from: pointed - span, to: pointed });
  }

  keys.on(el, (event) => {
    if (!plain(event) || !content) return false;
    const here = pointed ?? content.explained ?? content.points.length - 1;
    switch (event.key) {
      case "ArrowLeft":
        walk(pointed === null ? here : here - 1);
        return true;
      case "ArrowRight":
        walk(pointed === null ? here : here + 1);
        return true;
      case "Home":
        walk(0);
        return true;
      case "End":
        walk(slots() - 1);
        return true;
      case "Enter":
      case " ":
        if (pointed !== null) told.open(pointed);
        return true;
      case "+":
      case "=":
        figure.zoom(ZOOM);
        return true;
      case "-":
        figure.zoom(1 / ZOOM);
        return true;
      case "0":
        figure.whole();
        return true;
      case "Escape":
        if (whole) return false;
        figure.whole();
        return true;
      default:
        return false;
    }
  });

  new ResizeObserver(([entry]) => {
    width = Math.floor(entry?.contentRect.width ?? 0);
    soon();
  }).observe(el);
  // A canvas does not follow the theme by itself.
  picture.addEventListener("transitionend", () => soon(), { signal });
  signal.addEventListener("abort", () => cancelAnimationFrame(queued));
  return figure;
}
