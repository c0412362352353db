/** A picture as LaTeX. Mirror of `latex.py`, which says why it is as it is; golden vectors hold the two together. */
import { MAX_ALPHA } from "../color";
import { footnote, legend, type Written, type WrittenPiece } from "./written";

const HEAD = String.raw`% Needs \usepackage{xcolor} in the preamble. pdfLaTeX, LuaLaTeX and XeLaTeX all read it.
\begingroup
\definecolor{jwink}{HTML}{2166AC}\definecolor{jwagainst}{HTML}{B2182B}\definecolor{jwring}{HTML}{B35806}%
\def\jwcode#1{\mbox{\ttfamily\scriptsize U+#1}}%
\def\jwu#1#2{\ifdefined\Umathchar\iffontchar\font"#1 #2\else\jwcode{#1}\fi\else\jwcode{#1}\fi}%
\def\jwink#1#2{{\fboxsep0pt\colorbox{jwink!#1!white}{\strut#2}}}%
\def\jwagainst#1#2{{\fboxsep0pt\colorbox{jwagainst!#1!white}{\strut#2}}}%
\def\jwring#1{{\fboxsep0pt\fcolorbox{jwring}{white}{\strut#1}}}%
\def\jwmay{\hskip0pt\relax}%
\def\jwline{\leavevmode\\\relax}%
\setlength{\parindent}{0pt}\raggedright
`;
const MAX_INK = Math.round(100 * MAX_ALPHA);
const RUN = 12;
const CODE_WIDTH = 6;
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const KNOWN = new Set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ–—‘’“”…");
const ESCAPES = new Map<string, string>([
  ...[..."#$%&_{}"].map((c): [string, string] => [c, `\\${c}`]),
  ...[..."-,'[]*?!/\"=:;@"].map((c): [string, string] => [c, `{${c}}`]),
  ["\\", "\\textbackslash{}"],
  ["~", "\\textasciitilde{}"],
  ["^", "\\textasciicircum{}"],
  ["<", "\\textless{}"],
  [">", "\\textgreater{}"],
  ["|", "\\textbar{}"],
  ["`", "\\textasciigrave{}"],
  ["\u00a0", "~"],
  ["␣", "\\textvisiblespace{}"],
  ["↵", "$\\hookleftarrow$"],
  ["−", "$-$"],
  ["±", "$\\pm$"],
  ["×", "$\\times$"],
  ["·", "$\\cdot$"],
  ["β", "$\\beta$"],
  ["⁻", "\\textsuperscript{$-$}"],
  ...[...SUPERSCRIPT].map((c, i): [string, string] => [c, `\\textsuperscript{${i}}`]),
  ["\ufe0e", ""],
  ["\ufe0f", ""],
]);

export function toLatex(written: Written): string {
  const [low, top] = legend(written);
  const body = written.pieces.map((piece, i) => pieceLatex(piece, i === written.explained)).join("");
  const steps = Array.from({ length: 8 }, (_, k) => Math.round((MAX_INK * k) / 7));
  const bar = (name: string, inks: number[]) =>
    inks.map((ink) => `\\${name}{${ink}}{\\hspace{0.8em}}`).join("");
  const whole = (written.signed ? bar("jwagainst", [...steps].reverse()) : "") + bar("jwink", steps);
  return (
    `${HEAD}{\\small ${printed(written.question)}}\\par\\smallskip\n${body}\\par\\smallskip\n` +
    `{\\footnotesize ${printed(low)} ${whole} ${printed(top)}\\\\{}${printed(footnote(written))}\\par}\n\\endgroup\n`
  );
}

function printed(text: string): string {
  return [...text].map(character).join("");
}

function character(c: string): string {
  const known = ESCAPES.get(c);
  if (known !== undefined) return known;
  if (KNOWN.has(c) || (c >= " " && c <= "~")) return c;
  const hex = (c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  if (c === "\n") return "\\jwline{}";
  if (c === "\t" || /\p{Zs}/u.test(c)) return " ";
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u.test(c) ? `\\jwcode{${hex}}` : `\\jwu{${hex}}{${c}}`;
}

function pieceLatex(piece: WrittenPiece, ring: boolean): string {
  return piece.text
    .split(/([ \t]+|\n)/)
    .filter((part) => part !== "")
    .map((part) => partLatex(part, piece, ring))
    .join("");
}

function partLatex(part: string, { weight, score }: WrittenPiece, ring: boolean): string {
  if (part === "\n") return "\\jwline{}\n";
  if (/^[ \t]+$/.test(part)) return part === " " ? " " : `\\hspace*{${(0.33 * part.length).toFixed(2)}em}`;
  const ink = Math.round(MAX_INK * weight);
  const name = (score ?? 0) < 0 ? "jwagainst" : "jwink";
  return boxes(part)
    .map((box) => (ring ? `\\jwring{${box}}` : ink > 0 ? `\\${name}{${ink}}{${box}}` : box))
    .join("\\jwmay{}%\n");
}

function boxes(part: string): string[] {
  const found = [""];
  let room = RUN;
  for (const c of part) {
    const shown = character(c);
    const width = /^\\jw(u|code)\{/.test(shown) ? CODE_WIDTH : 1;
    if (room < width && found.at(-1) !== "") {
      found.push("");
      room = RUN;
    }
    found[found.length - 1] += shown;
    room -= width;
  }
  return found;
}
