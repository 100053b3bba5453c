// Web sites that ask the wallet through its window: what they get, what they never get, and what its owner sees.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { Site, armed, press, startSite, transfer } from "./support/window_sites.mjs";
import { keys } from "./support/vectors.mjs";
import { PASSWORD, SOMA, addressOf, answerWordCheck, balanceIs, by, choosePassword, eventually, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=${toSoma(1000n * SOMA)}`];
const CHAIN = "soma:localnet";

/** An open wallet, and a page of a site in the same browser. */
async function walletAndSite(world) {
  await world.startNetwork(...FUND);
  const wallet = await world.openFresh();
  await importKey(wallet, OWNER.bech32);
  await balanceIs(wallet, 1000n * SOMA);
  const url = await startSite(world);
  return { wallet, url, site: await Site.open(world, wallet.context(), url) };
}

function signing(transaction, more = {}) {
  return { transaction, account: OWNER.address, chain: CHAIN, ...more };
}

export const scenarios = {
  "a site connects, has a transaction executed and another one signed, and is refused": async (world) => {
    const { wallet, site, url } = await walletAndSite(world);
    const connecting = await site.ask("connect", {}, { appName: "The one and only wallet" });
    assert.equal(await by(site.window, "asked-origin").getAttribute("data-origin"), url);
    await armed(site.window, "asked-approve");
    await look(site.window, "site-connect");
    await press(site.window, "asked-approve");
    const { accounts } = (await site.answer(connecting)).ok;
    assert.deepEqual(accounts.map(({ address }) => address), [OWNER.address]);
    assert.ok(accounts[0].chains.includes(CHAIN));
    await site.windowCloses();

    const sending = await site.ask("signAndExecuteTransaction", signing(transfer(5n * SOMA, FRIEND.address)));
    const { fee } = await review(site.window);
    assert.equal(await by(site.window, "asked-origin").getAttribute("data-origin"), url);
    await armed(site.window, "review-confirm");
    await look(site.window, "site-transaction");
    await press(site.window, "review-confirm");
    const sent = (await site.answer(sending)).ok;
    assert.match(sent.digest, /^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
    assert.ok(sent.bytes && sent.signature && sent.effects);
    assert.equal(await world.node.balance(FRIEND.address), 5n * SOMA);
    assert.equal(await world.node.balance(OWNER.address), 995n * SOMA - fee);
    await site.windowCloses();
    await balanceIs(wallet, 995n * SOMA - fee);

    // Signed only: nothing moves until somebody sends it.
    const signed = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await review(site.window);
    await armed(site.window, "review-confirm");
    await look(site.window, "site-sign-only");
    await press(site.window, "review-confirm");
    const only = (await site.answer(signed)).ok;
    assert.ok(only.bytes && only.signature && !only.digest);
    assert.equal(await world.node.balance(FRIEND.address), 5n * SOMA);
    await site.windowCloses();

    // A no is told; of a window that is closed or led elsewhere a site sees that it is gone, and nothing was signed.
    const refused = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await press(site.window, "review-cancel");
    assert.equal((await site.answer(refused)).error.code, 4_001_000);
    await site.windowCloses();
    // Whoever is connected is told so at once, without a question.
    const known = await site.ask("connect", {});
    assert.deepEqual((await site.answer(known)).ok.accounts, accounts);
    await site.windowCloses();
    const closed = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await by(site.window, "review").waitFor();
    await site.window.close();
    await eventually("the site sees that the window is gone", () => site.page.evaluate(() => window.site.popup.closed), true);
    const left = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await by(site.window, "review").waitFor();
    await site.window.goto(`${url}/elsewhere`);
    await site.window.close();
    const given = (await site.heard("answer")).filter(({ data }) => JSON.parse(data.message).ok);
    const nothing = given.filter(({ data }) => [closed, left].includes(JSON.parse(data.message).id));
    assert.deepEqual(nothing, [], "neither got a signature");
    assert.equal(await world.node.balance(FRIEND.address), 5n * SOMA);
  },

  "a message is shown as it will be signed": async (world) => {
    const { site } = await walletAndSite(world);
    await site.connect();
    const message = "Sign in to the harbour.\n\nThis moves nothing.";
    const asked = await site.ask("signPersonalMessage", { message: Buffer.from(message).toString("base64"), account: OWNER.address, chain: CHAIN });
    assert.equal(await by(site.window, "asked-text").innerText(), message);
    await by(site.window, "asked-exact").locator("summary").click();
    await armed(site.window, "asked-approve");
    await look(site.window, "site-message");
    await press(site.window, "asked-approve");
    const { bytes, signature } = (await site.answer(asked)).ok;
    const whole = Buffer.from(bytes, "base64").toString();
    for (const part of [message, site.url, OWNER.address]) {
      assert.ok(whole.includes(part), `what is signed names ${part}`);
    }
    assert.equal(Buffer.from(signature, "base64").length, 97);
  },

  "what a site may do is listed, and ends when its owner says so": async (world) => {
    const { wallet, site } = await walletAndSite(world);
    await site.connect();
    await goTo(wallet, "settings");
    const line = wallet.locator(`[data-testid=site][data-origin="${site.url}"]`);
    await line.waitFor();
    assert.equal(await line.getByTestId("site-account").getAttribute("data-address"), OWNER.address);

    // Approving without being asked is off, until it is asked for, and ends where it says.
    const first = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    await review(site.window);
    await by(site.window, "remember").locator("summary").click();
    assert.equal(await by(site.window, "remember-on").isChecked(), false);
    await by(site.window, "remember-on").check();
    await by(site.window, "remember-budget").fill("1.5");
    await by(site.window, "remember-count").fill("3");
    await armed(site.window, "review-confirm");
    await look(site.window, "site-remember");
    await press(site.window, "review-confirm");
    assert.ok((await site.answer(first)).ok.digest);
    await site.windowCloses();
    await line.getByTestId("site-policy").waitFor();
    await look(wallet, "settings-sites");
    const second = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA / 4n, FRIEND.address)));
    assert.ok((await site.answer(second)).ok.digest, "within its limits nobody is asked");
    await site.windowCloses();
    const third = await site.ask("signAndExecuteTransaction", signing(transfer(2n * SOMA, FRIEND.address)));
    await by(site.window, "review").waitFor();
    await press(site.window, "review-cancel");
    assert.equal(await site.refusal(third), "rejected");
    await site.windowCloses();
    assert.equal(await world.node.balance(FRIEND.address), SOMA + SOMA / 4n);
    await by(line, "policy-end").click();
    await eventually("the policy is gone", () => line.getByTestId("site-policy").count(), 0);
    const fourth = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA / 4n, FRIEND.address)));
    await by(site.window, "review").waitFor();
    await press(site.window, "review-cancel");
    assert.equal(await site.refusal(fourth), "rejected");
    await site.windowCloses();

    await by(line, "site-revoke").click();
    await by(wallet, "no-sites").waitFor();
    const late = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    assert.equal(await site.refusal(late), "unauthorized");
  },

  "a locked wallet is opened first, a lock ends what waits, and the permission outlives both": async (world) => {
    const { wallet, site } = await walletAndSite(world);
    await site.connect();
    await by(wallet, "lock").click();
    await by(wallet, "unlock-form").waitFor();
    const asked = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    await by(site.window, "unlock-form").waitFor();
    assert.equal(await by(site.window, "asked-notice").getAttribute("data-origin"), site.url);
    await look(site.window, "site-locked");
    await unlock(site.window);
    await review(site.window);
    await by(wallet, "lock").click();
    assert.equal(await site.refusal(asked), "locked");
    await site.window.close();

    // The page that had the wallet is loaded anew: its keys are gone, and nothing else.
    await wallet.reload();
    await by(wallet, "unlock-form").waitFor();
    const again = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    await unlock(site.window);
    await review(site.window);
    await press(site.window, "review-confirm");
    assert.ok((await site.answer(again)).ok.digest);
    assert.equal(await world.node.balance(FRIEND.address), SOMA);
    await site.windowCloses();

    // Turned down without opening it.
    await by(wallet, "lock").click();
    const refused = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await by(site.window, "unlock-form").waitFor();
    await by(site.window, "asked-refuse").click();
    assert.equal((await site.answer(refused)).error.code, 4_001_000);
  },

  "two tabs of a site at once get one question, and two sites one answer each": async (world) => {
    const { wallet, site, url } = await walletAndSite(world);
    await site.connect();
    const twin = await Site.open(world, wallet.context(), url);
    const first = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    await review(site.window);
    const second = await twin.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    assert.equal(await twin.refusal(second), "busy");
    const other = await Site.open(world, wallet.context(), await startSite(world));
    const third = await other.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    assert.equal(await other.refusal(third), "unauthorized", "what one site may do another may not");
    await site.window.bringToFront();
    await press(site.window, "review-confirm");
    assert.ok((await site.answer(first)).ok.digest);
    assert.equal(await world.node.balance(FRIEND.address), SOMA);
  },

  "another account and another network are offered, and nothing is signed by changing over": async (world) => {
    await world.startNetwork(...FUND);
    const wallet = await world.openFresh();
    const file = world.file("soma.keystore");
    writeFileSync(file, JSON.stringify([OWNER.keystore_base64, FRIEND.keystore_base64]));
    await by(wallet, "import-wallet").click();
    await by(wallet, "tab-keystore").click();
    await by(wallet, "import-file").setInputFiles(file);
    await by(wallet, "import-inspect").click();
    await by(wallet, "import-accounts").waitFor();
    await choosePassword(wallet);
    await by(wallet, "import-done").click();
    await by(wallet, "account-picker").selectOption(OWNER.address);
    await balanceIs(wallet, 1000n * SOMA);
    const site = await Site.open(world, wallet.context(), await startSite(world));
    assert.deepEqual((await site.connect()).map(({ address }) => address), [OWNER.address], "the account in use is the one that is offered");
    await by(wallet, "account-picker").selectOption(FRIEND.address);
    await balanceIs(wallet, 0n);

    const first = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    assert.equal(await by(site.window, "asked-other-account").getAttribute("data-address"), OWNER.address);
    await armed(site.window, "asked-change");
    await look(site.window, "site-other-account");
    await press(site.window, "asked-change");
    await review(site.window);
    assert.equal((await site.heard("answer")).length, 0);
    await press(site.window, "review-confirm");
    assert.ok((await site.answer(first)).ok.signature);
    await site.windowCloses();
    await balanceIs(wallet, 1000n * SOMA);

    const second = await site.ask("signTransaction", signing(transfer(SOMA, FRIEND.address), { chain: "soma:testnet" }));
    await by(site.window, "asked-other-network").waitFor();
    await armed(site.window, "asked-change");
    await look(site.window, "site-other-network");
    await press(site.window, "asked-refuse");
    assert.equal((await site.answer(second)).error.code, 4_001_000);
    assert.equal(await world.node.balance(FRIEND.address), 0n);
  },

  "a site that is hostile gets nothing": async (world) => {
    const { wallet, site, url } = await walletAndSite(world);
    await site.connect();
    const friend = await Site.open(world, wallet.context(), await startSite(world));

    // What it claims to be counts for nothing.
    const claims = await friend.ask("signTransaction", signing(transfer(SOMA, FRIEND.address)), { origin: url, appUrl: url });
    assert.notEqual((await friend.answer(claims)).ok?.signature, "string");
    assert.ok((await friend.answer(claims)).error);
    await friend.window.close();

    // One nonce, one request: replays and a thousand more are not heard.
    const asked = await site.ask("signAndExecuteTransaction", signing(transfer(SOMA, FRIEND.address)));
    await review(site.window);
    await site.page.evaluate((to) => {
      const { data } = window.site.heard.find(({ data }) => data.type === "ready");
      for (let at = 0; at < 1_000; at += 1) {
        const message = JSON.stringify({ version: 1, id: crypto.randomUUID(), method: "connect", params: {} });
        window.site.popup.postMessage({ channel: "soma-wallet", version: 1, type: "request", nonce: data.nonce, message }, to);
        window.site.popup.postMessage({ channel: "soma-wallet", version: 1, type: "request", nonce: `${at}`, message }, to);
      }
    }, new URL(world.walletUrl).origin);
    await press(site.window, "review-confirm");
    assert.ok((await site.answer(asked)).ok.digest);
    assert.equal((await site.heard("answer")).length, 1);
    await site.windowCloses();
    assert.equal(await world.node.balance(FRIEND.address), SOMA);

    // What is no request, or too long, is refused or not heard.
    const shapes = [
      ["", "malformed"],
      ["{", "malformed"],
      ["[]", "malformed"],
      [JSON.stringify({ version: 2, id: "x", method: "connect", params: {} }), undefined],
      ["x".repeat(300_000), "too-large"],
    ];
    for (const [message, reason] of shapes) {
      await site.openWindow();
      await site.say({ channel: "soma-wallet", version: 1, type: "request", nonce: await site.nonce(), message });
      await eventually("an answer", async () => (await site.heard("answer")).length, 1);
      const [{ data }] = await site.heard("answer");
      const { ok, error } = JSON.parse(data.message);
      assert.equal(ok, undefined);
      assert.ok(error.code >= 5_300_000, data.message);
      if (reason) {
        assert.equal(error.reason, reason, data.message);
      }
      await site.window.close();
    }
    await site.openWindow();
    for (const noise of [null, 7, "text", [], {}, { channel: "soma-wallet" }, { channel: "soma-wallet", version: 1, type: "request" }]) {
      await site.say(noise);
    }
    const nonce = await site.nonce();
    await site.say({ channel: "soma-wallet", version: 1, type: "request", nonce, message: { toString: "connect" } });
    await site.say({ channel: "soma-wallet", version: 1, type: "request", nonce: "x".repeat(5_000_000), message: "{}" });

    // Nor is anybody but the one that opened the window, even with its nonce.
    const opened = friend.context.waitForEvent("page");
    await friend.page.locator("#open").click();
    const theirs = await opened;
    world.watch(theirs);
    await friend.page.evaluate(
      ([nonce, to]) => {
        const message = JSON.stringify({ version: 1, id: "stolen", method: "connect", params: {} });
        for (const target of [window.site.popup, window]) {
          target.postMessage({ channel: "soma-wallet", version: 1, type: "request", nonce, message }, "*");
        }
      },
      [nonce],
    );
    const good = await site.request("signTransaction", signing(transfer(SOMA, FRIEND.address)));
    await review(site.window);
    assert.equal(await by(site.window, "asked-origin").getAttribute("data-origin"), url);
    await press(site.window, "review-cancel");
    assert.equal((await site.answer(good)).error.code, 4_001_000);
    assert.equal(await world.node.balance(FRIEND.address), SOMA);
  },

  "where there is no wallet yet one is made first, and a window that nobody opened says so": async (world) => {
    await world.startNetwork();
    const alone = await world.openFresh();
    const cut = await world.openPage(alone.context(), "connect");
    await by(cut, "create-wallet").waitFor();
    await cut.close();
    await alone.close();
    const page = await world.openFresh();
    const site = await Site.open(world, page.context(), await startSite(world));
    await page.close();
    const asked = await site.ask("connect", {});
    await by(site.window, "asked-notice").waitFor();
    await look(site.window, "site-no-wallet");
    await by(site.window, "create-wallet").click();
    await by(site.window, "phrase-word-12").waitFor();
    const words = await site.window.getByTestId("phrase").locator(".words-word").allInnerTexts();
    await by(site.window, "phrase-written").click();
    await answerWordCheck(site.window, words);
    await choosePassword(site.window, PASSWORD);
    await by(site.window, "create-done").click();
    await press(site.window, "asked-approve");
    const { accounts } = (await site.answer(asked)).ok;
    await site.windowCloses();
    const wallet = await world.openPage(page.context());
    await unlock(wallet);
    assert.equal(await addressOf(wallet), accounts[0].address);
    const nobody = await world.openPage(page.context(), "connect");
    await by(nobody, "asked-cut").waitFor();
    await look(nobody, "site-nobody");
  },

  "only the page for sites is served without isolation": async (world) => {
    const { site, wallet } = await walletAndSite(world);
    const isolated = (page) => page.evaluate(() => [window.crossOriginIsolated, window.opener !== null]);
    assert.deepEqual(await isolated(wallet), [true, false]);
    await site.openWindow();
    assert.deepEqual(await isolated(site.window), [false, true]);
    for (const path of ["", "send", "connected", "models/connect"]) {
      const { headers } = await fetch(new URL(path, world.walletUrl), { headers: { accept: "text/html" } });
      assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", path);
      assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp", path);
    }
    const { headers } = await fetch(new URL("connect", world.walletUrl), { headers: { accept: "text/html" } });
    assert.equal(headers.get("cross-origin-opener-policy"), null);
    assert.equal(headers.get("cross-origin-embedder-policy"), null);
    assert.match(headers.get("content-security-policy"), /frame-ancestors 'none'/);
  },
};
