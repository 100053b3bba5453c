// Everyone can use it: every page of the wallet, whoever looks, listens or presses keys, and nothing in it but our own.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { violations } from "./support/axe.mjs";
import { focused, focusIsSeen, tabTo } from "./support/keyboard.mjs";
import { check, settled, tooWide } from "./support/looks.mjs";
import { addresses, ready, walkTo } from "./support/pages.mjs";
import { keys } from "./support/vectors.mjs";
import { PASSWORD, SOMA, balanceIs, by, confirm, eventually, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const [FRIEND, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=${toSoma(1000n * SOMA)}`];

export const scenarios = {
  "every page lets everybody in: at every size, light and dark, zoomed, in high contrast": async (world) => {
    // As on a screen of 1280 px at 200 %, where everything has twice the dots. Nothing fades, which saves a minute.
    const page = await openDemo(world, { deviceScaleFactor: 2, reducedMotion: "reduce" });
    for (const address of await addresses(world, page, FRIEND.address)) {
      await walkTo(page, address);
      await check(page, address);
      await check200(page, address);
      await checkContrast(page, address);
    }
  },

  "Tab leads through every page, and everybody sees where it stopped": async (world) => {
    const page = await openDemo(world);
    for (const address of await addresses(world, page, FRIEND.address)) {
      await walkTo(page, address);
      await checkFocus(page, address);
    }
  },

  "what axe-core is there to find, it finds": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    assert.deepEqual(await violations(page), []);
    await page.evaluate(() => {
      const image = document.querySelector("main").appendChild(document.createElement("img"));
      image.src = "public/icons/wallet.svg";
      const heading = document.querySelector("h1");
      heading.style.color = "color-mix(in srgb, currentcolor 20%, transparent)";
    });
    const rules = new Set((await violations(page)).map((line) => line.split(":")[0]));
    assert.deepEqual([...rules].sort(), ["color-contrast", "image-alt"]);
  },

  "a wallet is made, filled and emptied by the keyboard alone": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    await press(page, "create-wallet");
    await by(page, "phrase-word-12").waitFor();
    const words = await page.getByTestId("phrase").locator(".words-word").allInnerTexts();
    await press(page, "phrase-written");
    await by(page, "check-done").waitFor();
    for (const field of await page.locator("[data-testid^=check-word-]").all()) {
      const name = await field.getAttribute("data-testid");
      await tabTo(page, name);
      await page.keyboard.type(words[Number(name.split("-").at(-1)) - 1]);
    }
    await press(page, "check-done");
    for (const field of ["password", "password-again"]) {
      await tabTo(page, field);
      await page.keyboard.type(PASSWORD);
    }
    await press(page, "create-done");
    await balanceIs(page, 0n);
    await press(page, "faucet");
    await eventually("coins came", async () => (await shannonsShown(page)) > 0n, true);

    await tabTo(page, "show-qr");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press("Tab");
      // Between the last and the first, the focus is on the browser's own parts.
      assert.ok(await page.evaluate(() => document.activeElement.matches("body, dialog[open], dialog[open] *")), "the focus stays in the dialog");
    }
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    assert.equal(await focused(page), "show-qr", "the focus is back where it came from");

    await press(page, "nav-send");
    await tabTo(page, "send-recipient");
    await page.keyboard.type(FRIEND.address);
    await tabTo(page, "send-amount");
    await page.keyboard.type("0.5");
    await press(page, "send-review");
    await review(page);
    assert.equal(await focused(page), "review-headline", "the review is read first");
    await press(page, "review-confirm");
    await page.locator("[data-testid=outcome][data-state=succeeded]").waitFor();
    assert.equal(await world.node.balance(FRIEND.address), SOMA / 2n);
    await press(page, "lock");
    await by(page, "unlock-form").waitFor();
    await tabTo(page, "password");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.locator("main#main").waitFor();
  },

  "the way to the contents is one key away, and results are read aloud": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await page.reload();
    await unlock(page);
    await balanceIs(page, 1000n * SOMA);
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
    });
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip-link");
    await focusIsSeen(page, "the skip link");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");

    await goTo(page, "send");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "h1", "a new page begins at its title");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    const spoken = page.locator("[aria-live], [role=status], [role=alert]");
    await eventually("what came of it is told", async () => (await spoken.allInnerTexts()).join(" ").trim() !== "", true);
    await goTo(page, "home");
    await by(page, "faucet").click();
    await eventually("the announcer speaks", async () => (await by(page, "announcer").innerText()).trim() !== "", true);
  },

  "the browser's own colours follow the theme that was chosen": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await goTo(page, "settings");
    const shown = () =>
      page.evaluate(() => {
        const metas = [...document.querySelectorAll("meta[name=theme-color]")];
        const told = metas.filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content);
        const probe = document.createElement("canvas").getContext("2d");
        probe.fillStyle = getComputedStyle(document.body).backgroundColor;
        return { told: told.join(), ground: probe.fillStyle, scheme: getComputedStyle(document.documentElement).colorScheme };
      });
    const LIGHT = "#f3f5f3";
    const DARK = "#101413";
    for (const [choice, device, colour, scheme] of [
      ["dark", "light", DARK, "dark"],
      ["light", "dark", LIGHT, "light"],
      ["device", "dark", DARK, "light dark"],
      ["device", "light", LIGHT, "light dark"],
    ]) {
      await page.emulateMedia({ colorScheme: device });
      await page.locator(`[data-testid=theme-${choice}]`).check({ force: true });
      await settled(page);
      assert.deepEqual(await shown(), { told: colour, ground: colour, scheme }, `${choice} on a device that is ${device}`);
    }
    await page.locator("[data-testid=theme-dark]").check({ force: true });
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.deepEqual(await shown(), { told: DARK, ground: DARK, scheme: "dark" }, "from the first moment of the next visit");
  },

  "who wants no motion sees none": async (world) => {
    const page = await openDemo(world, { reducedMotion: "reduce" });
    for (const name of ["home", "send", "models", "targets", "network", "activity", "settings"]) {
      await goTo(page, name);
      await ready(page);
      const moving = await page.evaluate(() =>
        document.getAnimations().map(({ animationName, transitionProperty, effect }) => ({
          what: animationName ?? transitionProperty,
          of: effect.target.className,
        })),
      );
      assert.deepEqual(moving, [], name);
    }
  },

  "no script runs but our own": async (world) => {
    await world.startNetwork();
    await world.serveChanged({
      "index.html": (html) =>
        html
          .replace("<body>", '<body data-tried="none" onload="document.body.dataset.tried = 1"><script>document.body.dataset.tried = 2</script>')
          .replace("</body>", '<img src="nowhere" alt="" onerror="document.body.dataset.tried = 3"></body>'),
    });
    world.expectComplaints(/Content Security Policy|nowhere|404/);
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    assert.equal(await page.evaluate(() => document.body.dataset.tried), "none");

    world.expectComplaints(/Trusted/);
    const refused = await page.evaluate(() => {
      const element = document.createElement("div");
      const tries = {
        "markup that runs": () => (element.innerHTML = "<img src=x onerror=alert(1)>"),
        "markup of a script": () => (element.innerHTML = "<script>1</script>"),
        "a link that runs": () => (element.innerHTML = '<a href="javascript:alert(1)">x</a>'),
        "a script's text": () => (document.createElement("script").textContent = "1"),
        "a script's address": () => (document.createElement("script").src = "/app.js"),
        "a worker of another name": () => new Worker("app.js"),
        "a worker from elsewhere": () => new Worker("https://elsewhere.example/worker_loader.js"),
        "another policy": () => window.trustedTypes.createPolicy("other", {}),
        "a second default": () => window.trustedTypes.createPolicy("default", {}),
      };
      return Object.entries(tries).flatMap(([name, attempt]) => {
        try {
          attempt();
          return [];
        } catch (error) {
          return [`${name}: ${error.name}`];
        }
      });
    });
    assert.deepEqual(refused, [
      "markup that runs: TypeError",
      "markup of a script: TypeError",
      "a link that runs: TypeError",
      "a script's text: TypeError",
      "a script's address: TypeError",
      "a worker of another name: TypeError",
      "a worker from elsewhere: TypeError",
      "another policy: TypeError",
      "a second default: TypeError",
    ]);
    const text = await page.evaluate(() => {
      const element = document.createElement("div");
      element.innerHTML = '<p class="quiet">plain &lt;words&gt;</p>';
      return element.textContent;
    });
    assert.equal(text, "plain <words>");
  },

  "the policy names no stranger, and all markup of our pages is of the plain kind": async () => {
    const html = readFileSync(path.join(REPOSITORY, "index.html"), "utf8");
    const [, policy] = html.match(/http-equiv="Content-Security-Policy"\s+content="([^"]*)"/);
    const directives = new Map(policy.split("; ").map((one) => [one.split(" ")[0], one.split(" ").slice(1).join(" ")]));
    assert.deepEqual(Object.fromEntries(directives), {
      "default-src": "'none'",
      "script-src": "'self' 'wasm-unsafe-eval'",
      "worker-src": "'self'",
      "style-src": "'self'",
      "font-src": "'self'",
      "img-src": "'self' data: blob:",
      "connect-src": "'self' http: https:",
      "manifest-src": "'self'",
      "base-uri": "'self'",
      "form-action": "'none'",
      "object-src": "'none'",
      "require-trusted-types-for": "'script'",
      "trusted-types": "default",
    });
    const source = readFileSync(path.join(REPOSITORY, "public/trusted.js"), "utf8");
    const { isPlain } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const found = [...markup()];
    assert.ok(found.length > 1000, `${found.length} elements were found`);
    assert.deepEqual(found.filter((one) => !isPlain(one)), [], "public/trusted.js knows every element and attribute of app/src");
    for (const wrong of ['<p onclick="x">', "<script>", '<iframe srcdoc="x">', '<a href="javascript:x">', '<a href=" javascript:x">', "<p", '<use href="x">', "<p/onclick=x>"]) {
      assert.equal(isPlain(wrong), false, wrong);
    }
  },
};

/** An open wallet with something in it, on a network with life in it. */
async function openDemo(world, options = {}) {
  await world.startNetwork("--demo", ...FUND);
  const page = await world.openFresh(options);
  await importKey(page, OWNER.bech32);
  await balanceIs(page, 1000n * SOMA);
  return page;
}

/** A page at 200 %: zoomed as a whole, and with letters twice as large. */
async function check200(page, name) {
  await page.setViewportSize({ width: 640, height: 400 });
  await settled(page);
  assert.deepEqual(await page.evaluate(tooWide), [], `${name} is too wide at 200 %`);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  await settled(page);
  assert.deepEqual(await page.evaluate(tooWide), [], `${name} is too wide with large letters`);
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}

/** A page in the colours of somebody who sees few. */
async function checkContrast(page, name) {
  await page.emulateMedia({ forcedColors: "active" });
  await settled(page);
  assert.deepEqual(await violations(page), [], `${name} keeps somebody out in high contrast`);
  await page.emulateMedia({ forcedColors: null });
}

/** Tab leads through all that can be used, and wherever it stops can be seen. */
async function checkFocus(page, name) {
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    document.querySelector(".skip-link").focus();
  });
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary, [tabindex='0'])");
    const usable = [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0);
    // Of a group of radio buttons, Tab stops at one.
    const stops = usable.filter((one) => one.type !== "radio" || one.checked);
    stops.forEach((one, at) => (one.dataset.stop = String(at)));
    return stops.length;
  });
  const met = new Set();
  for (let presses = 0; presses < 40 + wanted && met.size < wanted; presses++) {
    await page.keyboard.press("Tab");
    await focusIsSeen(page, name);
    met.add(await page.evaluate(() => document.activeElement.dataset.stop));
    met.delete(undefined);
    met.delete(null);
  }
  const missed = await page.evaluate((met) => {
    const stops = [...document.querySelectorAll("[data-stop]")];
    const missed = stops.filter((one) => !met.includes(one.dataset.stop)).map((one) => one.outerHTML.slice(0, 120));
    stops.forEach((one) => delete one.dataset.stop);
    return missed;
  }, [...met]);
  assert.deepEqual(missed, [], `${name}: what Tab does not reach`);
}

async function press(page, testid) {
  await tabTo(page, testid);
  await page.keyboard.press("Enter");
}

async function shannonsShown(page) {
  return BigInt(await by(page, "balance").getAttribute("data-shannons"));
}

/** Every element that the app's views name, with the attributes that are plain text. */
function* markup() {
  const folder = path.join(REPOSITORY, "app/src");
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".rs"));
  const types = new Set("bool char dyn f32 f64 i8 i16 i32 i64 isize str u8 u16 u32 u64 u128 usize".split(" "));
  for (const name of names) {
    const text = readFileSync(path.join(folder, name), "utf8").replace(/^\s*\/\/.*$/gm, "");
    for (const [, element, rest] of text.matchAll(/<([a-z][A-Za-z0-9]*)((?:\s+[A-Za-z][\w:-]*(?:=(?:"[^"]*"|[^\s"<>]+))?)*)\s*\/?>/g)) {
      if (!types.has(element)) {
        yield `<${element}${[...rest.matchAll(/\s[A-Za-z][\w-]*="[^"]*"/g)].join("").replace(/\s+/g, " ")}>`;
      }
    }
  }
}
