// Transactions: made of parts or read from bytes, told in words, handed to wallets.

import { SomaError } from "./error.js";
import { asText, checked, gasChecked, gasText, read, write } from "./kinds.js";
import { raw } from "./programs.js";
import { address, bytes as checkedBytes, fromBase64, text } from "./values.js";

export class Transaction {
  #name;
  #args;
  #sender;
  #gas;

  constructor(name, args, { sender, gasPayment } = {}) {
    this.#name = name;
    this.#args = checked(name, args);
    this.#sender = sender === undefined ? undefined : address(sender, "sender");
    this.#gas = gasPayment === undefined ? undefined : gasChecked(gasPayment);
  }

  static addValidator = (args, more) => new Transaction("AddValidator", args, more);
  static removeValidator = (args, more) => new Transaction("RemoveValidator", args, more);
  static reportValidator = (args, more) => new Transaction("ReportValidator", args, more);
  static undoReportValidator = (args, more) => new Transaction("UndoReportValidator", args, more);
  static updateValidatorMetadata = (args, more) => new Transaction("UpdateValidatorMetadata", args, more);
  static setCommissionRate = (args, more) => new Transaction("SetCommissionRate", args, more);
  static transferCoin = (args, more) => new Transaction("TransferCoin", args, more);
  static payCoins = (args, more) => new Transaction("PayCoins", args, more);
  static transferObjects = (args, more) => new Transaction("TransferObjects", args, more);
  static addStake = (args, more) => new Transaction("AddStake", args, more);
  static withdrawStake = (args, more) => new Transaction("WithdrawStake", args, more);
  static createModel = (args, more) => new Transaction("CreateModel", args, more);
  static commitModel = (args, more) => new Transaction("CommitModel", args, more);
  static revealModel = (args, more) => new Transaction("RevealModel", args, more);
  static addStakeToModel = (args, more) => new Transaction("AddStakeToModel", args, more);
  static setModelCommissionRate = (args, more) => new Transaction("SetModelCommissionRate", args, more);
  static deactivateModel = (args, more) => new Transaction("DeactivateModel", args, more);
  static reportModel = (args, more) => new Transaction("ReportModel", args, more);
  static undoReportModel = (args, more) => new Transaction("UndoReportModel", args, more);
  static submitData = (args, more) => new Transaction("SubmitData", args, more);
  static claimRewards = (args, more) => new Transaction("ClaimRewards", args, more);
  static reportSubmission = (args, more) => new Transaction("ReportSubmission", args, more);
  static undoReportSubmission = (args, more) => new Transaction("UndoReportSubmission", args, more);

  /** Reads BCS: bytes, or their Base64. */
  static fromBytes(bytes) {
    const whole = asBytes(bytes);
    raw().checkTransaction(whole);
    const { name, args, sender, gasPayment } = read(whole);
    return new Transaction(name, args, { sender, gasPayment });
  }

  get kind() {
    return this.#name;
  }

  get args() {
    return this.#args;
  }

  get sender() {
    return this.#sender;
  }

  get gasPayment() {
    return this.#gas;
  }

  /** The same with another sender or other coins for the fee. */
  with({ sender = this.#sender, gasPayment = this.#gas }) {
    return new Transaction(this.#name, this.#args, { sender, gasPayment });
  }

  /** Whether nothing is left to be completed. */
  get isComplete() {
    try {
      this.toBytes();
      return true;
    } catch (error) {
      if (error instanceof SomaError && error.code === "transaction/incomplete") {
        return false;
      }
      throw error;
    }
  }

  /** The BCS that is signed. */
  toBytes() {
    if (this.#sender === undefined || this.#gas === undefined) {
      const missing = this.#sender === undefined ? "sender" : "gasPayment";
      throw new SomaError("transaction/incomplete", `the transaction has no ${missing}; a client can complete it`);
    }
    const bytes = write(this.#name, this.#args, this.#sender, this.#gas);
    // what was written here is what the core reads, to the byte
    raw().checkTransaction(bytes);
    return bytes;
  }

  /** What the network will know it by. */
  digest() {
    return raw().transactionDigest(this.toBytes());
  }

  /** What it says, in plain words. */
  describe() {
    return describe(this.toBytes());
  }

  /** The text that wallets read: what is left open is completed there. */
  async toJSON() {
    return this.toText();
  }

  toText() {
    const kind = { [this.#name]: asText(this.#name, this.#args) };
    const gasPayment = this.#gas?.length ? gasText(this.#gas) : undefined;
    return JSON.stringify({ version: 1, sender: this.#sender, kind, gasPayment });
  }
}

/** BCS of a transaction, given as such, as bytes, or as their Base64. */
export function asBytes(transaction) {
  if (transaction instanceof Transaction) {
    return transaction.toBytes();
  }
  return typeof transaction === "string" ? fromBase64(transaction, "the transaction") : checkedBytes(transaction, "the transaction");
}

/** What a transaction says, in plain words: a sentence, and every particular. */
export const describe = (transaction) => raw().describe(asBytes(transaction));

export const transactionDigest = (transaction) => raw().transactionDigest(asBytes(transaction));

/** Throws where the signature is not one of the transaction's sender. */
export const verifyTransaction = (transaction, signature) => raw().verifyTransaction(asBytes(transaction), text(signature, "the signature"));
