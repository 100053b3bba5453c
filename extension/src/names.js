// Names of the two events with which relay and provider find each other. They are no secret.

/** From the provider: a port is with it. */
export const LINE = "soma-wallet:line";
/** From the relay, where it comes second. */
export const HELLO = "soma-wallet:relay";
