// SOMA as people write it, shannons as the chain counts: 1 SOMA is 1,000,000,000 shannons.

import { SomaError } from "./error.js";
import { whole } from "./values.js";

const SOMA = 1_000_000_000n;

/** Shannons of a decimal text such as `1.25`. Exact, or refused. */
export function parseSoma(written) {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(typeof written === "string" ? written.trim() : "");
  if (match === null) {
    throw new SomaError("amount/not-decimal", "an amount has digits and at most one point with nine digits behind it, such as 1.25");
  }
  const shannons = BigInt(match[1]) * SOMA + BigInt((match[2] ?? "").padEnd(9, "0"));
  return whole(shannons, "the amount");
}

/** Decimal text of shannons, without needless zeros. Debts have a minus sign. */
export function formatSoma(shannons) {
  if (typeof shannons !== "bigint") {
    throw new SomaError("argument/invalid", "an amount in shannons is a bigint");
  }
  const size = shannons < 0n ? -shannons : shannons;
  const fraction = String(size % SOMA).padStart(9, "0").replace(/0+$/, "");
  return `${shannons < 0n ? "-" : ""}${size / SOMA}${fraction && "."}${fraction}`;
}
