// The package's error: the connector's, which a page may have without the rest.

export { SomaError } from "./connector/error.js";
