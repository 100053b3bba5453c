export { SomaError } from "./connector/error.js";
