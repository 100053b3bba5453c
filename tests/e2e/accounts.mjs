// Many accounts, the address book, receiving, payment links, and secrets that leave the wallet.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { keys, mnemonics } from "./support/vectors.mjs";
import { PASSWORD, SOMA, addressOf, balanceIs, by, choosePassword, confirm, createWallet, eventually, importKey, review } from "./support/wallet.mjs";

const [FRIEND, OWNER, OTHER] = keys;
/** A phrase with several accounts on its paths. */
const PHRASE = mnemonics.find(({ derivations }) => derivations.some(({ path }) => path === "m/44'/784'/1'/0'/0'")) ?? mnemonics[0];
const at = (account) => PHRASE.derivations.find(({ path }) => path === `m/44'/784'/${account}'/0'/0'`).address;

export const scenarios = {
  "accounts of a phrase are found, added, named, painted, ordered, chosen and removed": async (world) => {
    await world.startNetwork("--fund", `${at(1)}=7.0`);
    const page = await world.openFresh();
    await importPhrase(page, PHRASE.mnemonic);
    assert.equal(await addressOf(page), at(0));

    await openAccounts(page);
    await rowsAre(page, 1);
    await page.locator("summary", { hasText: "Look for accounts" }).click();
    await by(page, "search-begin").click();
    await eventually("the search's end", () => text(page, "search-outcome"), "1 account in use that the wallet does not have. Looked at 22.", 30_000);
    await by(page, "found-account").waitFor();
    await look(page, "accounts-found");
    await by(page, "search-add").click();
    await rowsAre(page, 2);
    await eventually("what the found account has", () => row(page, at(1)).getByTestId("account-balance").getAttribute("data-shannons").catch(() => ""), `${7n * SOMA}`);

    await by(page, "add-next").click();
    await rowsAre(page, 3);
    const third = await page.getByTestId("account-row").nth(2).getAttribute("data-address");

    // Named and painted, and first.
    await row(page, at(1)).getByTestId("account-link").click();
    await by(page, "account-name").fill("Rent\u202eand food");
    await by(page, "account-rename").click();
    await page.locator(".field-error", { hasText: "cannot be seen" }).first().waitFor();
    await by(page, "account-name").fill("  Rent   and food ");
    await by(page, "account-rename").click();
    await eventually("the title", () => page.locator("h1").innerText(), "Rent and food");
    await by(page, "account-colour").selectOption("Teal");
    await page.locator("text=The account has its new colour.").first().waitFor();
    await look(page, "account-one");
    await by(page, "around-accounts").click();
    await row(page, at(1)).getByTestId("account-up").click();
    await eventually("the first account", () => page.getByTestId("account-row").first().getAttribute("data-address"), at(1));
    assert.match(await row(page, at(1)).getAttribute("class"), /colour-teal/);
    assert.equal(await by(page, "account-switch").getAttribute("data-address"), at(0), "another order chooses no other account");
    await look(page, "accounts");

    // Chosen in the header, and still after a reload.
    await by(page, "account-switch").click();
    const choice = page.locator(`[data-testid=account-choice][data-address="${at(1)}"]`);
    await choice.waitFor();
    await eventually("the balance beside it", () => choice.getByTestId("choice-balance").getAttribute("data-shannons").catch(() => ""), `${7n * SOMA}`);
    await look(page, "account-switcher");
    await choice.click();
    await eventually("the account in use", () => by(page, "account-switch").getAttribute("data-address"), at(1));
    await page.reload();
    await by(page, "password").fill(PASSWORD);
    await by(page, "unlock").click();
    await eventually("the account in use", () => by(page, "account-switch").getAttribute("data-address"), at(1));

    // One of a phrase is removed without fear: it can be added again.
    await openAccounts(page);
    await row(page, third).getByTestId("account-link").click();
    await by(page, "remove-account").locator("summary").click();
    await by(page, "remove-harmless").waitFor();
    await by(page, "remove-done").click();
    await rowsAre(page, 2);
    assert.equal(await row(page, third).count(), 0);
  },

  "further secrets come into an open wallet, and the only copy of a key goes only by its name": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=3.0`);
    const page = await world.openFresh();
    await createWallet(page);
    await openAccounts(page);

    // Watched first: nothing can be signed with it.
    await by(page, "watch").locator("summary").click();
    await by(page, "watch-address").fill("0x12");
    await by(page, "watch-name").fill("Savings");
    await by(page, "watch-done").click();
    await page.locator(".field-error", { hasText: "64 digits" }).first().waitFor();
    await by(page, "watch-address").fill(OWNER.address);
    await by(page, "watch-done").click();
    await rowsAre(page, 2);
    await row(page, OWNER.address).getByTestId("account-use").click();
    await by(page, "watched-notice").waitFor();
    await look(page, "accounts-watched");
    await page.goto(new URL("send", await page.evaluate(() => document.baseURI)).href);
    await by(page, "password").fill(PASSWORD);
    await by(page, "unlock").click();
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await page.locator('[role=alert][data-code="wallet/watched"]').waitFor();

    // Its key comes, and its name stays.
    await openAccounts(page);
    await by(page, "import-more").click();
    await by(page, "tab-key").click();
    await by(page, "import-key").fill(OWNER.bech32);
    await by(page, "import-inspect").click();
    await by(page, "also-on-sui").waitFor();
    await by(page, "import-more-done").click();
    await by(page, "imported").waitFor();
    assert.match(await by(page, "import-outcome").innerText(), /1 account was added, or got its key/);
    await look(page, "account-imported");
    await by(page, "import-accounts-link").click();
    await eventually("the notice's end", () => page.getByTestId("watched-notice").count(), 0);
    assert.match(await row(page, OWNER.address).innerText(), /Savings[\s\S]*Imported key/);

    // The same again brings nothing.
    await by(page, "import-more").click();
    await by(page, "tab-key").click();
    await by(page, "import-key").fill(OWNER.keystore_base64);
    await by(page, "import-inspect").click();
    await by(page, "import-more-done").click();
    assert.match(await by(page, "import-outcome").innerText(), /had all of its accounts already/);
    await by(page, "import-accounts-link").click();
    await rowsAre(page, 2);

    // The only copy is removed by typing, and the last account not at all.
    await row(page, OWNER.address).getByTestId("account-link").click();
    await by(page, "remove-account").locator("summary").click();
    assert.equal(await by(page, "remove-done").getAttribute("aria-disabled"), "true");
    await by(page, "remove-typed").fill("Saving");
    assert.equal(await by(page, "remove-done").getAttribute("aria-disabled"), "true");
    await look(page, "account-remove");
    await by(page, "remove-typed").fill("Savings");
    await by(page, "remove-done").click();
    await rowsAre(page, 1);
    await by(page, "account-link").click();
    await by(page, "remove-account").locator("summary").click();
    await by(page, "remove-done").click();
    await page.locator('[role=alert][data-code="accounts/last"]').waitFor();
  },

  "the address book is kept, searched and picked from": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=10.0`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 10n * SOMA);
    await by(page, "account-switch").click();
    await by(page, "open-book").click();
    await addEntry(page, "Ann", FRIEND.address, "from the market\nof Ghent");
    await addEntry(page, "Bert", OTHER.address, "");
    await eventually("the entries", () => page.getByTestId("book-entry").count(), 2);
    await by(page, "add-name").fill("Ann again");
    await by(page, "add-address").fill(FRIEND.address);
    await by(page, "add-done").click();
    await page.locator('[role=alert][data-code="book/there"]').waitFor();
    await by(page, "book-search").fill("ghent");
    await eventually("what is found", () => page.getByTestId("entry-name").allInnerTexts().then((all) => all.join()), "Ann");
    await by(page, "entry-edit").click();
    await by(page, "edit-name").fill("Anne");
    await by(page, "edit-done").click();
    await eventually("the new name", () => page.getByTestId("entry-name").allInnerTexts().then((all) => all.join()), "Anne");
    await by(page, "book-search").fill("");
    await look(page, "address-book");
    const bert = page.locator(`[data-testid=book-entry][data-address="${OTHER.address}"]`);
    await bert.getByTestId("entry-remove").click();
    await bert.getByTestId("entry-remove-done").click();
    await eventually("the entries", () => page.getByTestId("book-entry").count(), 1);

    // An address made to look like one in the book is kept only with an act of its own.
    const alike = `${FRIEND.address.slice(0, 30)}${FRIEND.address[30] === "a" ? "b" : "a"}${FRIEND.address.slice(31)}`;
    await by(page, "add-name").fill("Anne, new");
    await by(page, "add-address").fill(alike);
    await by(page, "add-done").click();
    const refused = page.locator('[role=alert][data-code="accounts/look-alike"]');
    assert.match(await refused.innerText(), /looks like the address of Anne/);
    await look(page, "address-book-alike");
    assert.equal(await page.getByTestId("book-entry").count(), 1);
    await by(page, "despite-alike").check();
    await by(page, "add-done").click();
    const kept = page.locator(`[data-testid=book-entry][data-address="${alike}"]`);
    await kept.waitFor();
    assert.equal(await page.getByTestId("despite-alike").count(), 0, "the next one is asked for anew");
    await by(page, "nav-send").click();
    await by(page, "send-pick").selectOption(alike);
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await review(page);
    assert.match(await by(page, "finding-danger").innerText(), /looks like the address of Anne/);
    await by(page, "review-cancel").click();
    await by(page, "account-switch").click();
    await by(page, "open-book").click();
    await kept.getByTestId("entry-remove").click();
    await kept.getByTestId("entry-remove-done").click();
    await eventually("the entries", () => page.getByTestId("book-entry").count(), 1);

    // Picked, whole, and paid.
    await by(page, "nav-send").click();
    await by(page, "send-pick").selectOption(FRIEND.address);
    assert.equal(await by(page, "send-recipient").inputValue(), FRIEND.address);
    await look(page, "send-picked");
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(FRIEND.address), SOMA);
    await by(page, "nav-home").click();
    await by(page, "nav-send").click();
    await by(page, "send-many").click();
    await by(page, "pay-pick").selectOption(FRIEND.address);
    assert.equal(await by(page, "pay-lines").inputValue(), `${FRIEND.address}, `);
  },

  "a payment link fills the form on its own network, and sends nothing": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=10.0`, "--fund", `${FRIEND.address}=10.0`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 10n * SOMA);
    await by(page, "home-receive").click();
    assert.equal(await by(page, "receive-address").getAttribute("data-address"), OWNER.address);
    await by(page, "receive-amount").fill("1.25");
    const { chainId } = await world.node.info();
    const uri = `soma:pay?to=${OWNER.address}&amount=1.25&chain=${chainId}`;
    await eventually("the link", () => text(page, "link-uri"), uri);
    await look(page, "receive");
    const [saved] = await Promise.all([page.waitForEvent("download"), by(page, "save-link").click()]);
    assert.match(readFileSync(await saved.path(), "utf8"), /^<svg xmlns/);
    const url = await text(page, "link-url");

    // Another wallet opens it.
    const friend = await world.openFresh();
    await importKey(friend, FRIEND.bech32);
    await friend.goto(url);
    await by(friend, "password").fill(PASSWORD);
    await by(friend, "unlock").click();
    await eventually("the recipient", () => by(friend, "send-recipient").inputValue(), OWNER.address);
    assert.equal(await by(friend, "send-amount").inputValue(), "1.25");
    assert.match(await by(friend, "send-link").innerText(), /A payment link filled this form/);
    assert.equal(await friend.getByTestId("review").count(), 0, "nothing is even prepared");
    await look(friend, "send-link");

    // What is typed over it stays after a look at the review, and the form is empty after the payment.
    await by(friend, "send-available").waitFor();
    await by(friend, "send-amount").fill("0.5");
    await by(friend, "send-review").click();
    await review(friend);
    await by(friend, "review-cancel").click();
    await by(friend, "send-recipient").waitFor();
    assert.equal(await by(friend, "send-amount").inputValue(), "0.5");
    await by(friend, "send-review").click();
    await review(friend);
    await confirm(friend);
    await by(friend, "send-again").click();
    await by(friend, "send-recipient").waitFor();
    assert.equal(await by(friend, "send-recipient").inputValue(), "");
    assert.equal(await by(friend, "send-amount").inputValue(), "");
    assert.equal(await friend.getByTestId("send-link").count(), 0);

    // Pasted, of another network, and damaged.
    await by(friend, "send-recipient").fill(uri.replace("1.25", "2.5"));
    await eventually("the amount", () => by(friend, "send-amount").inputValue(), "2.5");
    assert.equal(await by(friend, "send-recipient").inputValue(), OWNER.address);
    const elsewhere = uri.replace(chainId, "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd").replace("1.25", "9");
    await by(friend, "send-recipient").fill(elsewhere);
    await eventually("the refusal", async () => /another network/.test(await text(friend, "send-link")), true);
    assert.equal(await by(friend, "send-amount").inputValue(), "2.5");
    await by(friend, "send-recipient").fill(`${uri}&memo=hello`);
    await eventually("the refusal", async () => /does not know/.test(await text(friend, "send-link")), true);
  },

  "secrets leave only with the password, for a while, and as the command-line wallet has them": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await importPhrase(page, PHRASE.mnemonic);
    await openAccounts(page);
    const derived = PHRASE.derivations.find(({ path }) => path === "m/44'/784'/0'/0'/0'");

    await by(page, "show-words").locator("summary").click();
    await by(page, "expose-phrase-password").fill("not the password");
    await by(page, "expose-phrase-show").click();
    await page.locator('[role=alert][data-code="vault/wrong-password"]').waitFor();
    // A window that lost the focus while the password was stretched gets nothing to show.
    await page.evaluate(() => { document.hasFocus = () => false; });
    await by(page, "expose-phrase-password").fill(PASSWORD);
    await by(page, "expose-phrase-show").click();
    await page.locator("text=It was not shown, because you turned to another window").first().waitFor();
    assert.equal(await page.getByTestId("exposed-phrase").count(), 0);
    await page.evaluate(() => { delete document.hasFocus; });
    await by(page, "expose-phrase-password").fill(PASSWORD);
    await by(page, "expose-phrase-show").click();
    await by(page, "exposed-phrase").waitFor({ timeout: 30_000 });
    const words = await by(page, "exposed-phrase").locator(".words-word").allInnerTexts();
    assert.equal(words.join(" "), PHRASE.mnemonic);
    assert.match(await text(page, "expose-left"), /^Hidden in [1-6]?\d s\.$/);
    await look(page, "expose-phrase");
    // Turning to another window hides it.
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await eventually("it is hidden", () => page.getByTestId("exposed-phrase").count(), 0);

    await by(page, "account-link").click();
    await by(page, "show-key").locator("summary").click();
    await by(page, "expose-key-password").fill(PASSWORD);
    await by(page, "expose-key-show").click();
    await by(page, "exposed-bech32").waitFor({ timeout: 30_000 });
    assert.equal(await text(page, "exposed-bech32"), derived.bech32);
    assert.equal(await text(page, "exposed-base64"), derived.keystore_base64);
    await by(page, "copy-base64").click();
    await eventually("the clipboard", () => page.evaluate(() => navigator.clipboard.readText()), derived.keystore_base64);
    await by(page, "clipboard-clear").click();
    await eventually("the clipboard", () => page.evaluate(() => navigator.clipboard.readText()), "");
    await look(page, "expose-key");
    await by(page, "expose-hide").click();
    await eventually("it is hidden", () => page.getByTestId("exposed-bech32").count(), 0);

    await by(page, "around-accounts").click();
    await by(page, "keystore-files").locator("summary").click();
    await by(page, "expose-keystore-password").fill(PASSWORD);
    await by(page, "expose-keystore-show").click();
    await by(page, "save-keystore").waitFor({ timeout: 30_000 });
    const [keystore] = await Promise.all([page.waitForEvent("download"), by(page, "save-keystore").click()]);
    assert.equal(readFileSync(await keystore.path(), "utf8"), `[\n  "${derived.keystore_base64}"\n]`);
    const [aliases] = await Promise.all([page.waitForEvent("download"), by(page, "save-aliases").click()]);
    assert.deepEqual(JSON.parse(readFileSync(await aliases.path(), "utf8")), [{ alias: "Account-1", public_key_base64: derived.public_key_base64 }]);
  },
};

async function importPhrase(page, phrase) {
  await by(page, "import-wallet").click();
  await by(page, "import-phrase").fill(phrase);
  await by(page, "import-inspect").click();
  await by(page, "also-on-sui").waitFor();
  await choosePassword(page);
  await by(page, "import-done").click();
  await by(page, "address").waitFor();
}

async function openAccounts(page) {
  await by(page, "account-switch").click();
  await by(page, "manage-accounts").click();
  await by(page, "accounts").waitFor();
}

function row(page, address) {
  return page.locator(`[data-testid=account-row][data-address="${address}"]`);
}

function rowsAre(page, count) {
  return eventually("the accounts listed", () => page.getByTestId("account-row").count(), count);
}

async function text(page, testid) {
  return (await by(page, testid).innerText().catch(() => "")).trim();
}

async function addEntry(page, name, address, note) {
  await by(page, "add-name").fill(name);
  await by(page, "add-address").fill(address);
  await by(page, "add-note").fill(note);
  await by(page, "add-done").click();
  await page.locator(`[data-testid=book-entry][data-address="${address}"]`).waitFor();
}
