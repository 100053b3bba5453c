// The vault: its two copies, what stops a change halfway, wrong passwords, locking by itself, passkeys, and no network.

import assert from "node:assert/strict";

import { keys, mnemonics } from "./support/vectors.mjs";
import { PASSWORD, addressOf, by, choosePassword, eventually, goTo, importKey, unlock } from "./support/wallet.mjs";
import { addAuthenticator, attemptsOf, copiesOf, placeAttempts, placeCopies, workerOf } from "./support/vault.mjs";

const [FIRST, SECOND] = keys;
const CHANGED = "another lantern, further out";

/** Chromium itself reports every refused connection, and asks for an icon where a page that is none names none. */
function withoutNetwork(world) {
  world.expectComplaints(/ERR_CONNECTION_REFUSED/);
  world.expectComplaints(/favicon\.ico/);
}

/** Leaves the wallet for something of the same origin that does not touch what is stored. */
async function leave(world, page) {
  await page.goto(new URL("public/app.css", world.walletUrl).href);
}

async function isGood(page, id, wanted = "true") {
  await eventually(`${id} is good`, () => by(page, id).getAttribute("data-good"), wanted);
}

/** Fills in the form that changes the password, and sends it; what becomes of it the scenario waits for. */
async function changePassword(page, to) {
  await goTo(page, "settings");
  await by(page, "change-password").locator("summary").click();
  await by(page, "current-password").fill(PASSWORD);
  await by(page, "new-password").fill(to);
  await by(page, "new-password-again").fill(to);
  await by(page, "change-password-done").click();
}

async function failed(page, code) {
  await page.locator(`[role=alert][data-code="${code}"]`).waitFor();
}

async function reopened(page, password) {
  await page.reload();
  await by(page, "unlock-form").waitFor();
  await unlock(page, password);
  await by(page, "lock").waitFor();
}

export const scenarios = {
  "a copy that is damaged, missing or older is told, left alone, and repaired when its owner says so": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    assert.equal(await importKey(page, SECOND.bech32), SECOND.address);
    const whole = await copiesOf(page);
    assert.equal(whole.files.length, 1, "there is one private file");
    assert.equal(whole.database, whole.files[0].hex, "both places hold the same");
    await goTo(page, "settings");
    await isGood(page, "copy-database");
    await isGood(page, "copy-file");

    const flipped = (hex) => `${hex.slice(0, 200)}${hex[200] === "0" ? "1" : "0"}${hex.slice(201)}`;
    const [file] = whole.files;
    for (const [what, database, files, said] of [
      ["the database's is damaged", flipped(whole.database), [file], /database is damaged/],
      ["the file's is damaged", whole.database, [{ ...file, hex: flipped(file.hex) }], /private file is damaged/],
      ["the file's is cut off", whole.database, [{ ...file, hex: file.hex.slice(0, 300) }], /private file is damaged/],
      ["the database's is missing", undefined, [file], /database is missing/],
      ["the file's is missing", whole.database, [], /private file is missing/],
    ]) {
      // The page that is left must not write any more.
      await leave(world, page);
      await placeCopies(page, { database, files });
      await page.goto(world.walletUrl);
      await by(page, "vault-found").waitFor();
      assert.match(await by(page, "vault-found").innerText(), said, what);
      await unlock(page);
      await by(page, "vault-trouble").waitFor();
      assert.equal(await addressOf(page), SECOND.address, what);
      const before = await copiesOf(page);
      assert.equal(before.database, database, `${what}: nothing is overwritten unasked`);
      assert.deepEqual(before.files, files, `${what}: nothing is overwritten unasked`);
      await by(page, "vault-repair").click();
      await by(page, "vault-trouble").waitFor({ state: "detached" });
      const after = await copiesOf(page);
      assert.equal(after.files.length, 1, what);
      assert.equal(after.database, after.files[0].hex, `${what}: both are the same again`);
      await page.reload();
      await by(page, "unlock-form").waitFor();
      assert.equal(await page.getByTestId("vault-found").count(), 0, what);
    }

    // An older one: the other has moved on.
    await leave(world, page);
    const now = await copiesOf(page);
    await placeCopies(page, { database: whole.database, files: now.files });
    await page.goto(world.walletUrl);
    await by(page, "vault-found").waitFor();
    assert.match(await by(page, "vault-found").innerText(), /database is older/);

    // Neither is whole: that is told, and nothing is deleted.
    await leave(world, page);
    const broken = { database: flipped(now.database), files: now.files.map((it) => ({ ...it, hex: flipped(it.hex) })) };
    await placeCopies(page, broken);
    await page.goto(world.walletUrl);
    await unlock(page);
    await failed(page, "vault/damaged");
    const left = await copiesOf(page);
    assert.deepEqual(left, broken);
  },

  "a wallet from before there were two copies is taken over": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    const { database } = await copiesOf(page);
    // The envelope begins after the head, the generation and its own length.
    const start = database.indexOf(Buffer.from("\x01SOMA-VAULT\0").toString("hex"));
    const length = Number.parseInt(database.slice(start - 2, start), 16) & 0x7f;
    const more = Number.parseInt(database.slice(start - 4, start - 2), 16) & 0x7f;
    const envelope = database.slice(start, start + 2 * (length * 128 + more));
    await leave(world, page);
    await placeCopies(page, { database: envelope, files: [] });
    await page.goto(world.walletUrl);
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("vault-found").count(), 0);
    await unlock(page);
    assert.equal(await addressOf(page), SECOND.address);
    const after = await copiesOf(page);
    assert.equal(after.files.length, 1);
    assert.equal(after.database, after.files[0].hex);
    await reopened(page, PASSWORD);
  },

  "erasing leaves neither copy": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    assert.equal((await copiesOf(page)).files.length, 1);
    await goTo(page, "settings");
    await by(page, "erase-wallet").click();
    await by(page, "erase-word").fill("erase");
    await by(page, "erase-confirm").click();
    await by(page, "create-wallet").waitFor();
    assert.deepEqual(await copiesOf(page), { database: undefined, files: [] });
    await page.reload();
    await by(page, "create-wallet").waitFor();
    // Another one can be made where it was.
    assert.equal(await importKey(page, FIRST.bech32), FIRST.address);
    assert.equal((await copiesOf(page)).files.length, 1);
  },

  "a password change that is cut off at any moment leaves a wallet that opens, and it is said with which password": async (world) => {
    withoutNetwork(world);
    for (const moment of [0, 300, 800, 1_500, 2_500]) {
      const page = await world.openFresh();
      await importKey(page, SECOND.bech32);
      await changePassword(page, CHANGED);
      await new Promise((resolve) => setTimeout(resolve, moment));
      await page.reload();
      await by(page, "unlock-form").waitFor();
      // Whichever is in force, one of the two opens it; and where it is said which, it is that one.
      await by(page, "unlock-wait").waitFor({ state: "attached" });
      const told = (await page.getByTestId("password-interrupted").allInnerTexts()).join();
      await unlock(page, PASSWORD);
      const inside = by(page, "lock");
      const refused = page.locator('[role=alert][data-code="vault/wrong-password"], [role=alert][data-code="vault/older-opens"]');
      await inside.or(refused).first().waitFor();
      let opened = PASSWORD;
      if (!(await inside.isVisible())) {
        await unlock(page, CHANGED);
        await inside.waitFor();
        opened = CHANGED;
      }
      if (told) {
        assert.equal(/before anything was written/.test(told) ? PASSWORD : CHANGED, opened, told);
      }
      await reopened(page, opened);
      await goTo(page, "home");
      assert.equal(await addressOf(page), SECOND.address, `stopped after ${moment} ms`);
      await page.context().close();
    }
  },

  "between the two copies of a password change both passwords are told apart, and nothing is lost": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    const before = await copiesOf(page);
    await changePassword(page, CHANGED);
    await page.getByText("The password was changed.").first().waitFor();
    const after = await copiesOf(page);
    assert.notEqual(after.database, before.database);

    // As it is where the page ends after the first of the two copies.
    await leave(world, page);
    await placeCopies(page, { database: after.database, files: before.files, changing: 1 });
    await page.goto(world.walletUrl);
    await by(page, "vault-found").waitFor();
    assert.match(await by(page, "password-interrupted").innerText(), /new password/);
    await unlock(page, PASSWORD);
    await failed(page, "vault/older-opens");
    await unlock(page, CHANGED);
    await by(page, "vault-trouble").waitFor();
    await by(page, "vault-repair").click();
    await by(page, "vault-trouble").waitFor({ state: "detached" });
    await reopened(page, CHANGED);
    assert.equal(await page.getByTestId("vault-trouble").count(), 0);

    // As it is where the page ends before the first.
    await leave(world, page);
    await placeCopies(page, { database: before.database, files: before.files, changing: 1 });
    await page.goto(world.walletUrl);
    assert.match(await by(page, "password-interrupted").innerText(), /before anything was written/);
    await unlock(page, PASSWORD);
    await by(page, "lock").waitFor();

    // The older copy can be opened, where no other password is right, and the newer one is kept.
    await leave(world, page);
    await placeCopies(page, { database: after.database, files: before.files });
    await page.goto(world.walletUrl);
    await unlock(page, PASSWORD);
    await failed(page, "vault/older-opens");
    await by(page, "open-older").click();
    await by(page, "vault-trouble").waitFor();
    assert.match(await by(page, "vault-trouble").innerText(), /newer than the one that you opened/);
    assert.equal((await copiesOf(page)).database, after.database, "the newer one is kept");

    // Another password would leave that copy as it is, for whoever knows the one that opens it.
    await changePassword(page, "a third one, longer than ten");
    await failed(page, "vault/not-both");
    assert.equal((await copiesOf(page)).database, after.database, "the newer one is kept");
    assert.deepEqual((await copiesOf(page)).files, before.files, "the password was not changed");
  },

  "wrong passwords have to wait for ever longer, beyond a reload, and the right one ends that": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await page.reload();
    for (let tries = 1; tries <= 4; tries += 1) {
      await unlock(page, `wrong ${tries}`);
      await eventually("it is counted", async () => (await attemptsOf(page))?.failed, tries);
      await eventually("it was tried", () => by(page, "unlock").getAttribute("aria-busy"), null);
      await failed(page, "vault/wrong-password");
    }

    // Nine, a moment ago: the longest wait, which no slow machine sits out.
    await leave(world, page);
    await placeAttempts(page, 9, 0);
    await page.goto(world.walletUrl);
    await by(page, "unlock-form").waitFor();
    await eventually("it waits", () => by(page, "unlock").getAttribute("aria-disabled"), "true");
    assert.match(await by(page, "unlock").innerText(), /^Unlock in \d+ seconds$/);
    const left = Number(await by(page, "unlock-wait").getAttribute("data-seconds"));
    assert.ok(left > 100 && left <= 300, `${left} seconds are left`);
    await eventually(
      "it counts down",
      async () => Number(await by(page, "unlock-wait").getAttribute("data-seconds")) < left,
      true,
    );
    await by(page, "password").fill(PASSWORD);
    await by(page, "password").press("Enter");
    assert.equal((await attemptsOf(page)).failed, 9, "nothing is tried before its time");
    await page.reload();
    await eventually("it still waits", () => by(page, "unlock").getAttribute("aria-disabled"), "true");

    // Five minutes later.
    await leave(world, page);
    await placeAttempts(page, 9, 301_000);
    await page.goto(world.walletUrl);
    await by(page, "unlock-form").waitFor();
    await unlock(page);
    await by(page, "lock").waitFor();
    assert.equal(await attemptsOf(page), undefined, "the right one ends it");
  },

  "it locks when the device slept, says so, and stays open where its owner wants that": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, SECOND.bech32);
    await goTo(page, "settings");
    await by(page, "auto-lock").selectOption("240");
    const sleep = (minutes) =>
      workerOf(page).then((worker) =>
        worker.evaluate((minutes) => {
          const now = Date.now.bind(Date);
          Date.now = () => now() + minutes * 60_000;
        }, minutes),
      );
    await sleep(10);
    await by(page, "unlock-form").waitFor();
    assert.match(await by(page, "why-locked").innerText(), /device slept/);
    await unlock(page);
    await by(page, "lock-on-sleep").waitFor();
    await by(page, "lock-on-sleep").selectOption("no");
    await eventually("it is kept", () => by(page, "lock-on-sleep").inputValue(), "no");
    await sleep(10);
    // Two looks at the clock.
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    assert.equal(await page.getByTestId("unlock-form").count(), 0, "it stayed open");
    // A key pressed on waking does not keep open what should be closed.
    await sleep(300);
    await page.keyboard.press("Shift");
    await by(page, "unlock-form").waitFor();
    assert.match(await by(page, "why-locked").innerText(), /after 240 minutes/);
  },

  "a passkey unlocks until the password is changed or it is removed": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    const authenticator = await addAuthenticator(page, { hasPrf: true });
    await importKey(page, SECOND.bech32);
    const add = async (password, code) => {
      await goTo(page, "settings");
      if ((await by(page, "add-passkey").getAttribute("open")) === null) {
        await by(page, "add-passkey").locator("summary").click();
      }
      await by(page, "passkey-password").fill(password);
      await by(page, "passkey-make").click();
      if (code) {
        await failed(page, code);
      } else {
        await by(page, "passkey").waitFor();
      }
    };
    await add("not the password", "vault/wrong-password");
    assert.equal((await authenticator.credentials()).length, 0, "nothing is made before the password is right");
    await add(PASSWORD);
    assert.equal((await authenticator.credentials()).length, 1);
    await page.reload();
    await by(page, "unlock-passkey").click();
    await by(page, "lock").waitFor();
    await goTo(page, "home");
    assert.equal(await addressOf(page), SECOND.address);
    const { database, files } = await copiesOf(page);
    assert.equal(database, files[0].hex);

    // The authenticator lost it: the password is still there.
    await authenticator.forget();
    await page.reload();
    await by(page, "unlock-passkey").click();
    await failed(page, "passkey/refused");
    await unlock(page);
    await by(page, "lock").waitFor();

    await goTo(page, "settings");
    await by(page, "change-password").locator("summary").click();
    await by(page, "passkeys-end").waitFor();
    await by(page, "current-password").fill(PASSWORD);
    await by(page, "new-password").fill(CHANGED);
    await by(page, "new-password-again").fill(CHANGED);
    await by(page, "change-password-done").click();
    await page.getByText("The password was changed.").first().waitFor();
    await by(page, "passkey").waitFor({ state: "detached" });
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("unlock-passkey").count(), 0);
    await unlock(page, CHANGED);
    await by(page, "lock").waitFor();

    await add(CHANGED);
    await by(page, "remove-passkey").click();
    await by(page, "passkey").waitFor({ state: "detached" });
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("unlock-passkey").count(), 0);
  },

  "an authenticator without PRF is told to be one, and nothing is set up": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await addAuthenticator(page, { hasPrf: false });
    await importKey(page, SECOND.bech32);
    await goTo(page, "settings");
    await by(page, "add-passkey").locator("summary").click();
    await by(page, "passkey-password").fill(PASSWORD);
    await by(page, "passkey-make").click();
    await failed(page, "passkey/no-prf");
    assert.equal(await page.getByTestId("passkey").count(), 0);
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("unlock-passkey").count(), 0);
  },

  "a backup of the whole wallet restores in a fresh browser, and what cuts the restoring off loses nothing": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    const [vector] = mnemonics;
    await by(page, "import-wallet").click();
    await by(page, "import-phrase").fill(vector.mnemonic);
    await by(page, "import-inspect").click();
    await choosePassword(page);
    await by(page, "import-done").click();
    const address = await addressOf(page);
    const ofFile = "a password for the file alone";
    await goTo(page, "settings");
    await by(page, "backup").locator("summary").click();
    await by(page, "backup-own-password").fill(PASSWORD);
    await by(page, "backup-password").fill(ofFile);
    await by(page, "backup-password-again").fill(ofFile);
    const saving = page.waitForEvent("download");
    await by(page, "backup-save").click();
    const file = world.file("soma-wallet.backup");
    await (await saving).saveAs(file);

    for (const moment of [0, 300, 900, 1_800]) {
      const elsewhere = await world.openFresh();
      const restore = async () => {
        await by(elsewhere, "import-wallet").click();
        await by(elsewhere, "tab-backup").click();
        await by(elsewhere, "import-backup").setInputFiles(file);
        await by(elsewhere, "import-backup-password").fill(ofFile);
        await by(elsewhere, "import-inspect").click();
        await by(elsewhere, "import-accounts").waitFor();
        await choosePassword(elsewhere, CHANGED);
        await by(elsewhere, "import-done").click();
      };
      await restore();
      await new Promise((resolve) => setTimeout(resolve, moment));
      await elsewhere.reload();
      const [locked, fresh] = [by(elsewhere, "unlock-form"), by(elsewhere, "import-wallet")];
      await locked.or(fresh).first().waitFor();
      if (await locked.isVisible()) {
        await unlock(elsewhere, CHANGED);
      } else {
        await restore();
      }
      assert.equal(await addressOf(elsewhere), address, `cut off after ${moment} ms`);
      await elsewhere.context().close();
    }
  },

  "without any network it opens, shows what is kept here, and goes on once there is one": async (world) => {
    withoutNetwork(world);
    const page = await world.openFresh();
    await importKey(page, FIRST.bech32);
    await page.reload();
    await unlock(page);
    assert.equal(await addressOf(page), FIRST.address);
    await by(page, "network-trouble").waitFor();
    await goTo(page, "settings");
    await isGood(page, "copy-database");
    assert.match(await by(page, "password-cost").innerText(), /64 MiB of memory and \d+ passes/);
    await by(page, "networks").waitFor();
    await world.startNetwork();
    await goTo(page, "home");
    await by(page, "network-trouble").waitFor({ state: "detached", timeout: 60_000 });
  },
};
