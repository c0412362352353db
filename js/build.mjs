/** Writes what `jacobian_widget/static` holds of the view: two modules and a style sheet. */
import { build } from "esbuild";

const STATIC = "jacobian_widget/static";
const style = {
  bundle: true,
  minify: true,
  target: ["chrome111", "firefox113", "safari16.4"],
  charset: "utf8",
};
const code = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
};

/** A panel's style sheet is a string in its module; the loader alone would keep the string as it was written. */
const sheets = {
  name: "sheets",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ ...style, entryPoints: [path], write: false });
      return { contents: outputFiles[0].text.trimEnd(), loader: "text" };
    });
  },
};

await build({ ...code, entryPoints: ["js/widget.ts"], outfile: `${STATIC}/widget.js` });
for (const [from, to] of [
  ["index", "panels"],
  ["guess-alone", "guess"],
]) {
  await build({
    ...code,
    entryPoints: [`js/panels/${from}.ts`],
    outfile: `${STATIC}/${to}.js`,
    plugins: [sheets],
    loader: { ".html": "text" },
  });
}
await build({ ...style, entryPoints: ["js/widget.css"], outfile: `${STATIC}/widget.css` });
await build({ ...code, entryPoints: ["js/dataset.ts"], outfile: `${STATIC}/dataset.js` });
await build({ ...style, entryPoints: ["js/dataset.css"], outfile: `${STATIC}/dataset.css` });
