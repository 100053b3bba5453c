// A wallet's end of the window channel, for scenarios that want to know exactly what a site sends. Its accounts are
// given by the scenario, and it signs nothing: its signatures are three bytes.

const [CHANNEL, VERSION] = ["soma-wallet", 1];
const heard = (globalThis.heard = []);
let nonce;
let site;
let waiting;

const accounts = [1, 2].map((number) => ({
  address: `0x${String(number).repeat(64)}`,
  publicKey: btoa(String.fromCharCode(0, ...new Array(32).fill(number))),
  chains: ["soma:testnet", "soma:localnet"],
}));

const post = (type, more, to) => opener?.postMessage({ channel: CHANNEL, version: VERSION, type, ...more }, to);

function ready() {
  nonce = crypto.randomUUID();
  post("ready", { nonce }, site ?? "*");
}

addEventListener("message", ({ data, origin, source }) => {
  if (source !== opener || data?.channel !== CHANNEL || data.type !== "request" || data.nonce !== nonce) {
    return;
  }
  site = origin;
  nonce = undefined;
  const request = JSON.parse(data.message);
  waiting = { nonce: data.nonce, request };
  heard.push({ origin, keys: Object.keys(data), message: data.message });
  document.getElementById("asked").textContent = request.method;
  if (request.method === "getCapabilities") {
    answer({ kinds: ["TransferCoin"], chains: ["soma:testnet"], maxTransactionBytes: 131072, simulates: true, autoApproval: true, modelVault: false });
  }
});

function answer(ok, error) {
  const { request, nonce: under } = waiting;
  waiting = undefined;
  const message = JSON.stringify({ version: VERSION, id: request.id, ...(error ? { error } : { ok }) });
  post("answer", { nonce: under, message }, site);
  document.getElementById("asked").textContent = "nothing";
  ready();
}

document.getElementById("yes").addEventListener("click", () => {
  const signed = { bytes: "AAEC", signature: "AwQF" };
  const oks = { connect: { accounts }, signAndExecuteTransaction: { ...signed, digest: "5XyT", effects: "AQID" } };
  answer(oks[waiting.request.method] ?? signed);
});
document.getElementById("no").addEventListener("click", () => {
  answer(undefined, { code: 4001000, reason: "rejected", message: "the owner of the wallet said no" });
});

ready();
