/** The bundle of guess mode alone: a notebook that opens no panel keeps a tenth of their code. */
export { createGuess as guess } from "./guess";
export { default as css } from "./guess.css";
