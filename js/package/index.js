// Keys, addresses, transactions, messages, commitments, with the small program that they need.

import "./keys_program.js";

export * from "./offline.js";
