// Answers that the background gives by itself, as docs/connection.md has them.

const CODES = {
  rejected: 4001000,
  malformed: 5300000,
  "too-large": 5300001,
  unauthorized: 5300002,
  busy: 5300003,
  throttled: 5300004,
  locked: 5300006,
  unsupported: 5300007,
  failed: 5300008,
  expired: 5300009,
};

/** What a person did who closed the window. */
export const REJECTED = CODES.rejected;

/** A good answer. */
export function good(id, ok) {
  return JSON.stringify({ version: 1, id, ok });
}

/** A refusal: one of the reasons above, and a sentence. */
export function refusal(id, reason, message) {
  return JSON.stringify({ version: 1, id, error: { code: CODES[reason], reason, message } });
}

/** The accounts that a site may see changed. */
export function change(accounts) {
  return JSON.stringify({ version: 1, event: "change", accounts });
}
