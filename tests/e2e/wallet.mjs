// A wallet beyond its first day: brought along, locked, in two tabs, on another network, backed up.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

import { Node } from "./support/node.mjs";
import { freePorts, startLocalnet } from "./support/services.mjs";
import { keys, mnemonics } from "./support/vectors.mjs";
import {
  PASSWORD,
  SOMA,
  addressOf,
  balanceIs,
  by,
  choosePassword,
  confirm,
  goTo,
  importKey,
  review,
  toSoma,
  unlock,
} from "./support/wallet.mjs";

const [FIRST, SECOND, THIRD] = keys;

export const scenarios = {
  "words, a private key and a keystore file open the accounts of the vectors": async (world) => {
    await world.startNetwork();
    const [vector] = mnemonics;

    const words = await world.openFresh();
    await by(words, "import-wallet").click();
    // As it comes from paper: other spaces, other letters.
    await by(words, "import-phrase").fill(`  ${vector.mnemonic.toUpperCase().replaceAll(" ", "  ")} `);
    await by(words, "import-inspect").click();
    const found = await by(words, "import-address").getAttribute("data-address");
    assert.equal(found, vector.derivations[0].address);
    await choosePassword(words);
    await by(words, "import-done").click();
    assert.equal(await addressOf(words), vector.derivations[0].address);

    for (const notation of ["bech32", "keystore_base64", "secret_key"]) {
      const page = await world.openFresh();
      assert.equal(await importKey(page, ` ${SECOND[notation]} `), SECOND.address, notation);
    }

    const keystore = await world.openFresh();
    const file = world.file("soma.keystore");
    writeFileSync(file, JSON.stringify([FIRST.keystore_base64, SECOND.keystore_base64]));
    await by(keystore, "import-wallet").click();
    await by(keystore, "tab-keystore").click();
    await by(keystore, "import-file").setInputFiles(file);
    await by(keystore, "import-inspect").click();
    await by(keystore, "import-accounts").waitFor();
    const addresses = await keystore
      .getByTestId("import-address")
      .evaluateAll((all) => all.map((one) => one.dataset.address));
    assert.deepEqual(addresses.sort(), [FIRST.address, SECOND.address].sort());
    await choosePassword(keystore);
    await by(keystore, "import-done").click();
    await by(keystore, "account-picker").selectOption(SECOND.address);
    await keystore.locator(`[data-testid=address][data-address="${SECOND.address}"]`).waitFor();
    await by(keystore, "account-picker").selectOption(FIRST.address);
    await keystore.locator(`[data-testid=address][data-address="${FIRST.address}"]`).waitFor();
  },

  "it locks by hand and by itself, and keeps the address that was open": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("balance").count(), 0, "nothing is shown of a locked wallet");
    await unlock(page);
    await goTo(page, "settings");
    await by(page, "auto-lock").selectOption("1");
    await page.reload();
    await by(page, "unlock-form").waitFor();
    await unlock(page);
    await by(page, "auto-lock").waitFor();
    assert.equal(await by(page, "auto-lock").inputValue(), "1", "the choice was kept");
    const left = Date.now();
    await by(page, "unlock-form").waitFor({ timeout: 80_000 });
    const idle = Date.now() - left;
    assert.ok(idle > 50_000, `it locked after a minute without use, not after ${idle} ms`);
    await unlock(page);
    await by(page, "auto-lock").waitFor();
  },

  "a room that cannot be fetched says so, and comes when it can": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await importKey(page, FIRST.bech32);
    world.expectComplaints(/net::ERR_FAILED|Failed to fetch/);
    const workbench = /split_workbench-[0-9a-f]+\.wasm/;
    await page.route(workbench, (route) => route.abort());
    await goTo(page, "models");
    const failure = page.locator('[data-code="app/room"]');
    await failure.waitFor();
    assert.match(await failure.innerText(), /could not be fetched/);
    // The rest of the wallet goes on.
    await goTo(page, "send");
    await by(page, "send-recipient").waitFor();
    await goTo(page, "models");
    await failure.waitFor();
    await page.unroute(workbench);
    await failure.getByTestId("retry").click();
    await page.locator("h1", { hasText: "Models" }).waitFor();
    assert.equal(await failure.count(), 0);
    // Once fetched, its pages are there at once.
    await page.route(workbench, (route) => route.abort());
    await goTo(page, "targets");
    await page.locator("h1", { hasText: "Targets" }).waitFor();
  },

  "a second tab uses the wallet of the first, and has it itself when that one closes": async (world) => {
    await world.startNetwork("--fund", `${SECOND.address}=${toSoma(3n * SOMA)}`);
    const first = await world.openFresh();
    await importKey(first, SECOND.bech32);
    const second = await world.openPage(first.context());
    // It is open already, and shows the same.
    assert.equal(await addressOf(second), SECOND.address);
    await balanceIs(second, 3n * SOMA);
    assert.equal(await second.getByTestId("unlock-form").count(), 0);

    // What one does both see: a transaction signed there, a lock here, an unlocking there.
    await goTo(second, "send");
    await by(second, "send-recipient").fill(THIRD.address);
    await by(second, "send-amount").fill("1");
    await by(second, "send-review").click();
    const { fee: told } = await review(second);
    await confirm(second);
    await balanceIs(first, 2n * SOMA - told);
    await by(first, "lock").click();
    await by(second, "unlock-form").waitFor();
    await by(first, "unlock-form").waitFor();
    await unlock(second);
    await by(first, "balance").waitFor();

    // Three of them: whoever is left goes on, and the keys went with the page that had them.
    const third = await world.openPage(first.context());
    assert.equal(await addressOf(third), SECOND.address);
    await first.close();
    await by(second, "unlock-form").waitFor();
    await by(third, "unlock-form").waitFor();
    await unlock(third);
    await goTo(second, "home");
    await balanceIs(second, 2n * SOMA - told);
    await balanceIs(third, 2n * SOMA - told);
    const left = await third.evaluate(async () => {
      const { held, pending } = await navigator.locks.query();
      const name = "soma-wallet";
      return [held, pending].map((locks) => locks.filter((lock) => lock.name === name).length);
    });
    assert.deepEqual(left, [1, 1], "one page has the wallet, and one waits for its turn");
  },

  "a page whose host does not answer says so in time, and goes on by itself": async (world) => {
    await world.startNetwork();
    const first = await world.openFresh();
    await importKey(first, SECOND.bech32);
    const second = await world.openPage(first.context());
    assert.equal(await addressOf(second), SECOND.address);
    const [worker] = first.workers();
    const asleep = worker.evaluate((ms) => {
      for (const end = Date.now() + ms; Date.now() < end; );
    }, 25_000);
    // One page is in the middle of something, another one comes anew: both say it.
    const third = await world.openPage(first.context());
    await goTo(second, "settings");
    for (const page of [second, third]) {
      await page.locator('[role=alert][data-code="wallet/host-silent"]').waitFor({ timeout: 20_000 });
    }
    await asleep;
    assert.equal(await addressOf(third), SECOND.address);
    await by(second, "auto-lock").waitFor();
  },

  "sending all leaves nothing, and the fee is all that is lost": async (world) => {
    const [odd, small] = [123_456_789_123n, 777n];
    await world.startNetwork("--fund", `${SECOND.address}=${toSoma(odd)}`, "--fund", `${SECOND.address}=${toSoma(small)}`);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await balanceIs(page, odd + small);
    await goTo(page, "send");
    await by(page, "send-recipient").fill(THIRD.address);
    await by(page, "send-max").click();
    await by(page, "send-review").click();
    const { fee: told } = await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(SECOND.address), 0n);
    assert.equal(await world.node.balance(THIRD.address), odd + small - told);
    await goTo(page, "home");
    await balanceIs(page, 0n);
  },

  "a network of one's own shows its identity before it is kept": async (world) => {
    await world.startNetwork();
    const [rpc, faucet, admin] = await freePorts(3);
    const flags = ["--seed", "another", "--accounts", "1", "--small-model", "--fund", `${SECOND.address}=5`];
    const ports = ["--rpc-port", rpc, "--faucet-port", faucet, "--admin-port", admin].map(String);
    const other = await startLocalnet([...flags, ...ports], { port: rpc, name: `${world.name}.other` });
    world.closeLater(() => other.stop());
    const url = `http://127.0.0.1:${rpc}`;
    const chain = (await new Node(url).info()).chainId;

    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await balanceIs(page, 0n);
    await goTo(page, "settings");
    await by(page, "add-network").click();
    await by(page, "network-name").fill("Attic");
    await by(page, "network-rpc").fill(url);
    await by(page, "probe-network").click();
    assert.equal((await by(page, "probed-chain").innerText()).trim(), chain);
    await by(page, "keep-network").click();
    await page.locator('[data-testid=network][data-name="Attic"]').waitFor();
    await by(page, "network-picker").selectOption("Attic");
    await goTo(page, "home");
    await balanceIs(page, 5n * SOMA);
    assert.equal(await page.getByTestId("faucet").count(), 0, "no faucet was named for it");

    // It is kept, and chosen, beyond a reload.
    await page.reload();
    await unlock(page);
    await balanceIs(page, 5n * SOMA);
    await goTo(page, "settings");
    await page.locator('[data-testid=network][data-name="Attic"]').getByTestId("remove-network").click();
    await page.locator('[data-testid=network][data-name="Attic"]').waitFor({ state: "detached" });
    await goTo(page, "home");
    await balanceIs(page, 0n);
  },

  "another password and a backup file both open the same wallet": async (world) => {
    await world.startNetwork();
    const [changed, ofFile] = ["another lantern, further out", "a password for the file alone"];
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await goTo(page, "settings");

    await by(page, "change-password").locator("summary").click();
    await by(page, "current-password").fill("not the password at all");
    await by(page, "new-password").fill(changed);
    await by(page, "new-password-again").fill(changed);
    await by(page, "change-password-done").click();
    await page.locator('[role=alert][data-code="vault/wrong-password"]').waitFor();
    await by(page, "current-password").fill(PASSWORD);
    await by(page, "change-password-done").click();
    await page.getByText("The password was changed.").first().waitFor();

    await by(page, "backup").locator("summary").click();
    await by(page, "backup-own-password").fill(PASSWORD);
    await by(page, "backup-password").fill(ofFile);
    await by(page, "backup-password-again").fill(ofFile);
    await by(page, "backup-save").click();
    await by(page, "backup").locator('[role=alert][data-code="vault/wrong-password"]').waitFor();
    await by(page, "backup-own-password").fill(changed);
    const saving = page.waitForEvent("download");
    await by(page, "backup-save").click();
    const download = await saving;
    assert.equal(download.suggestedFilename(), "soma-wallet.backup");
    const file = world.file("soma-wallet.backup");
    await download.saveAs(file);
    assert.ok(readFileSync(file).length > 100);

    await by(page, "lock").click();
    await unlock(page, PASSWORD);
    await page.locator('[role=alert][data-code="vault/wrong-password"]').waitFor();
    await unlock(page, changed);
    await by(page, "backup").waitFor();

    const elsewhere = await world.openFresh();
    await by(elsewhere, "import-wallet").click();
    await by(elsewhere, "tab-backup").click();
    await by(elsewhere, "import-backup").setInputFiles(file);
    await by(elsewhere, "import-backup-password").fill(changed);
    await by(elsewhere, "import-inspect").click();
    await elsewhere.locator('[role=alert][data-code="backup/wrong-password"]').waitFor();
    await by(elsewhere, "import-backup-password").fill(ofFile);
    await by(elsewhere, "import-inspect").click();
    await by(elsewhere, "import-accounts").waitFor();
    await choosePassword(elsewhere);
    await by(elsewhere, "import-done").click();
    assert.equal(await addressOf(elsewhere), SECOND.address);
  },
};
