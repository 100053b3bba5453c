// Activity: what happened while nobody looked, what was before the wallet was put up, notes, search, a file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { serveIndexer } from "./support/graphql.mjs";
import { look } from "./support/looks.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, eventually, fee, goTo, importKey, review, shannons, toSoma, unlock } from "./support/wallet.mjs";

const [FRIEND, OWNER, OTHER] = keys;
const FUNDED = 10n * SOMA;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`, "--fund", `${OTHER.address}=${toSoma(FUNDED)}`];
const MANY = 2_000;

export const scenarios = {
  "what arrived while the wallet was locked or closed is listed once it is open": async (world) => {
    await world.startNetwork(...FUND);
    let page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await pastIs(page, "traced");
    const sender = await world.openFresh();
    await importKey(sender, OTHER.bech32);
    await balanceIs(sender, FUNDED);
    // Live: nobody has to ask.
    const live = await pay(sender, OWNER.address, SOMA);
    await entry(page, live).waitFor();
    assert.equal(await shannons(entry(page, live), "activity-change"), SOMA);
    // Locked.
    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    const locked = await pay(sender, OWNER.address, 2n * SOMA);
    await unlock(page);
    await goTo(page, "activity");
    await entry(page, locked).waitFor();
    // Closed.
    await page.context().close();
    const closed = await pay(sender, OWNER.address, 3n * SOMA);
    page = await world.openProfile("owner");
    await unlock(page);
    await goTo(page, "activity");
    await entry(page, closed).waitFor();
    assert.equal(await shannons(entry(page, closed), "activity-change"), 3n * SOMA);
    await entry(page, live).waitFor();
    await entry(page, locked).waitFor();
    assert.match(await by(page, "activity-past").innerText(), /Followed without a gap since checkpoint/);
  },

  "a wallet that is put up anew finds its past, and what no coin leads to an indexer tells": async (world) => {
    await world.startNetwork(...FUND);
    const first = await world.openFresh();
    await importKey(first, OWNER.bech32);
    await balanceIs(first, FUNDED);
    const digests = [];
    for (const amount of [1n, 2n, 3n]) {
      digests.push(await pay(first, FRIEND.address, amount * SOMA));
    }
    const second = await world.openFresh();
    await importKey(second, OWNER.bech32);
    await pastIs(second, "traced");
    for (const digest of digests) {
      await entry(second, digest).waitFor();
    }
    assert.equal(await second.getByTestId("activity-entry").count(), 4, "three payments, and what was given at first");
    await entry(second, digests[2]).click();
    await by(second, "activity-one").waitFor();
    assert.equal(await shannons(second, "activity-one-change"), -(3n * SOMA + fee(2, 3n * SOMA)));
    assert.equal(await shannons(second, "activity-one-fee"), fee(2, 3n * SOMA));
    assert.match(await by(second, "activity-party").innerText(), new RegExp(FRIEND.address));
    await by(second, "activity-one").getByTestId("dialog-close").click();

    // Everything is given away: nothing in the account leads back.
    await goTo(first, "send");
    await by(first, "send-recipient").fill(FRIEND.address);
    await by(first, "send-max").click();
    await by(first, "send-review").click();
    await review(first);
    const last = await confirm(first);
    const third = await world.openFresh();
    await importKey(third, OWNER.bech32);
    await pastIs(third, "traced");
    assert.equal(await third.getByTestId("activity-entry").count(), 0);
    assert.match(await by(third, "activity-past").innerText(), /left nothing behind in this account cannot be found/);
    await look(third, "activity-nothing");
    const indexer = await serveIndexer(world.node);
    world.closeLater(() => indexer.close());
    await indexer.indexer.catchUp();
    await goTo(third, "settings");
    await by(third, "set-indexer").click();
    await by(third, "indexer-url").fill(indexer.url);
    await by(third, "indexer-keep").click();
    await eventually("the indexer is kept", () => by(third, "network-indexer").innerText().catch(() => "none"), `Indexer ${indexer.url}`);
    await goTo(third, "activity");
    await by(third, "activity-search-past").click();
    await pastIs(third, "told");
    for (const digest of [...digests, last]) {
      await entry(third, digest).waitFor();
    }
  },

  "entries are noted, searched by word, kind, person and day, and saved to the shannon": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const rent = await pay(page, FRIEND.address, SOMA);
    const gift = await pay(page, OTHER.address, 1_500_000_001n);
    await pastIs(page, "traced");
    await eventually("all are listed", () => page.getByTestId("activity-entry").count(), 3);
    await look(page, "activity-list");

    const note = '=Rent of "May", paid';
    await entry(page, rent).click();
    await by(page, "activity-note-text").fill(note);
    await by(page, "activity-note-save").click();
    await eventually("it is kept", () => by(page, "activity-note-save").isDisabled(), true);
    await look(page, "activity-one");
    await by(page, "activity-one").getByTestId("dialog-close").click();
    await entry(page, rent).locator(".activity-note").waitFor();

    const found = async (wanted) => {
      const listed = () => page.getByTestId("activity-entry").evaluateAll((rows) => rows.map((row) => row.dataset.digest).sort().join());
      await eventually("what is found", listed, [...wanted].sort().join());
    };
    await by(page, "activity-text").fill("rent MAY");
    await found([rent]);
    await by(page, "activity-text").fill("1.500000001");
    await found([gift]);
    await by(page, "activity-text").fill("nothing like it");
    await found([]);
    await by(page, "activity-clear").click();
    await by(page, "activity-with").selectOption(OTHER.address);
    await found([gift]);
    await by(page, "activity-with").selectOption("");
    await by(page, "activity-kind").selectOption("TransferCoin");
    await found([rent, gift]);
    const [today, tomorrow] = await page.evaluate(() => {
      const day = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
      const now = new Date();
      return [day(now), day(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1))];
    });
    await by(page, "activity-from").fill(tomorrow);
    await found([]);
    await by(page, "activity-from").fill(today);
    await by(page, "activity-until").fill(today);
    await found([rent, gift]);

    const saving = page.waitForEvent("download");
    await by(page, "activity-export").click();
    const file = world.file("activity.csv");
    await (await saving).saveAs(file);
    const lines = readFileSync(file, "utf8").split("\r\n");
    assert.equal(lines[0], "time_utc,time_local,state,kind,what,change_soma,fee_soma,with,digest,checkpoint,note");
    assert.equal(lines.length, 4, "a head, two lines, and the end of the last");
    const saved = lines.find((line) => line.includes(rent));
    assert.match(saved, /^"\d{4}-\d\d-\d\dT[\d:.]+Z","\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d","done","TransferCoin",/);
    assert.ok(saved.includes(`,-${toSoma(SOMA + fee(2, SOMA)).replace(/0+$/, "")},${toSoma(fee(2, SOMA)).replace(/0+$/, "")},"${FRIEND.address}"`), saved);
    assert.ok(saved.endsWith(`,"'=Rent of ""May"", paid"`), saved);

    // Rebuilt from the network, the note is still with its transaction.
    await page.evaluate(forgetLedger);
    await page.reload();
    await unlock(page);
    await goTo(page, "activity");
    await pastIs(page, "traced");
    await eventually("all are listed again", () => page.getByTestId("activity-entry").count(), 3);
    await entry(page, rent).locator(".activity-note", { hasText: "Rent of" }).waitFor();
  },

  "two thousand entries are in the list, and few of them in the page": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await pastIs(page, "traced");
    await eventually("the first is listed", () => page.getByTestId("activity-entry").count(), 1);
    await page.evaluate(fillLedger, MANY - 1);
    await page.reload();
    await unlock(page);
    await goTo(page, "activity");
    const total = () => by(page, "activity-list").getAttribute("data-total").catch(() => "");
    await eventually("all are there", total, String(MANY));
    const rows = await page.getByTestId("activity-entry").count();
    assert.ok(rows > 5 && rows < 120, `${rows} rows in the page`);
    await by(page, "activity-list").evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.locator("[data-testid=activity-entry]", { hasText: `Made up ${MANY - 1}` }).waitFor();
    await by(page, "activity-text").fill("made up 1234");
    await eventually("one is found", total, "1");
    await look(page, "activity-many");
  },
};

/** The line of a transaction; opens the list where another page is shown. */
function entry(page, digest) {
  return page.locator(`[data-testid=activity-entry][data-digest="${digest}"]`);
}

/** Opens the list, and waits until the past is known this far. */
async function pastIs(page, past) {
  await goTo(page, "activity");
  await page.locator(`[data-testid=activity-past][data-past="${past}"]`).waitFor({ timeout: 30_000 });
}

/** Pays somebody; returns the digest. */
async function pay(page, recipient, amount) {
  await goTo(page, "send");
  await by(page, "send-recipient").fill(recipient);
  await by(page, "send-amount").fill(toSoma(amount));
  await by(page, "send-review").click();
  await review(page);
  const digest = await confirm(page);
  await by(page, "outcome-home").click();
  return digest;
}

/** In the page: forgets what is kept of activity, but for the notes. */
function forgetLedger() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("soma-wallet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(["activity"], "readwrite");
      const drawer = transaction.objectStore("activity");
      const keys = drawer.getAllKeys();
      keys.onsuccess = () => keys.result.filter((key) => !key.startsWith("notes/")).forEach((key) => drawer.delete(key));
      transaction.oncomplete = () => resolve(opening.result.close());
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

/** In the page: so many entries before the one that there is. */
function fillLedger(count) {
  return new Promise((resolve, reject) => {
    const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const opening = indexedDB.open("soma-wallet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(["activity"], "readwrite");
      const drawer = transaction.objectStore("activity");
      const keys = drawer.getAllKeys();
      keys.onsuccess = () => {
        const key = keys.result.find((key) => !key.startsWith("notes/") && !key.startsWith("reach/"));
        const kept = drawer.get(key);
        kept.onsuccess = () => {
          const records = JSON.parse(kept.result);
          const [{ entry }] = records;
          for (let at = 1; at <= count; at += 1) {
            const digest = [...entry.digest];
            [digest[20], digest[21], digest[22]] = [letters[at % 58], letters[Math.floor(at / 58) % 58], letters[Math.floor(at / 3364)]];
            const made = { ...entry, digest: digest.join(""), headline: `Made up ${at}`, at_ms: entry.at_ms - at * 60_000 };
            records.push({ entry: made, in_flight: null, signed: null });
          }
          drawer.put(JSON.stringify(records), key);
        };
      };
      transaction.oncomplete = () => resolve(opening.result.close());
      transaction.onerror = () => reject(transaction.error);
    };
  });
}
