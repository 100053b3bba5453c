// Elements of a page by the names that the steps of all scenarios use (tests/e2e/support/wallet.mjs and others): a small
// part of playwright's locators over puppeteer, which drives Firefox. Each look is made anew, and each deed waits.

import { eventually } from "../../support/wallet.mjs";

/** The longest a scenario waits for anything on a page. */
export const PATIENCE_MS = 30_000;

/** What selectors find, or one of it. */
export class Found {
  /**
   * @param {import("puppeteer-core").Page} page
   * @param {{ css: string, text?: string }[][]} paths each from the document inwards; what any of them finds counts
   * @param {number} at which one deeds are done to
   */
  constructor(page, paths, at = 0) {
    Object.assign(this, { page, paths, at });
  }

  locator(css) {
    return new Found(this.page, this.paths.map((path) => [...path, { css }]));
  }

  getByTestId(testid) {
    return this.locator(`[data-testid="${testid}"]`);
  }

  or(other) {
    return new Found(this.page, [...this.paths, ...other.paths]);
  }

  filter({ hasText }) {
    return new Found(this.page, this.paths.map((path) => [...path.slice(0, -1), { ...path.at(-1), text: hasText }]));
  }

  nth(at) {
    return new Found(this.page, this.paths, at);
  }

  first() {
    return this.nth(0);
  }

  async all() {
    return Array.from({ length: await this.count() }, (_, at) => this.nth(at));
  }

  count() {
    return this.look("count");
  }

  allInnerTexts() {
    return this.look("texts");
  }

  async isVisible() {
    return (await this.look("state")) === "visible";
  }

  /** Waits until it is there to be seen, there at all (`attached`), or gone (`detached`). */
  waitFor({ state = "visible", timeout = PATIENCE_MS } = {}) {
    const isSo = async () => {
      const now = await this.look("state");
      return now === state || (state === "attached" && now === "visible");
    };
    return eventually(`${this} is ${state}`, isSo, true, timeout);
  }

  async click() {
    const isEnabled = () => this.evaluate((element) => element.closest("[aria-disabled=true]") === null);
    await this.waitFor();
    await eventually(`${this} can be pressed`, isEnabled, true, PATIENCE_MS);
    await this.page.bringToFront();
    await (await this.element()).asLocator().setTimeout(PATIENCE_MS).click();
  }

  async fill(text) {
    const field = await this.ready();
    // Firefox paints nothing that nobody looks at, and who types looks.
    await this.page.bringToFront();
    await field.asLocator().setTimeout(PATIENCE_MS).fill(text);
    await field.dispose();
  }

  async check() {
    if (!(await this.evaluate((box) => box.checked))) {
      await this.click();
    }
  }

  async setInputFiles(file) {
    await this.waitFor({ state: "attached" });
    await (await this.element()).uploadFile(file);
  }

  async innerText() {
    return (await this.ready()).evaluate((element) => element.innerText);
  }

  textContent() {
    return this.evaluate((element) => element.textContent);
  }

  getAttribute(name) {
    return this.evaluate((element, name) => element.getAttribute(name), name);
  }

  async evaluate(act, argument) {
    await this.waitFor({ state: "attached" });
    return (await this.element()).evaluate(act, argument);
  }

  async ready() {
    await this.waitFor();
    return this.element();
  }

  async element() {
    const element = (await this.page.evaluateHandle(look, this.paths, this.at, "element")).asElement();
    if (!element) {
      throw new Error(`${this} was there and is gone`);
    }
    return element;
  }

  look(what) {
    return this.page.evaluate(look, this.paths, this.at, what);
  }

  toString() {
    const step = ({ css, text }) => (text ? `${css} with "${text}"` : css);
    return this.paths.map((path) => path.map(step).join(" ")).join(", or ");
  }
}

/** Runs in the page. */
function look(paths, at, what) {
  const isVisible = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  // Whatever a component keeps to itself is seen and pressed all the same.
  const inside = (parent, css) => [
    ...parent.querySelectorAll(css),
    ...[...parent.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? inside(shadowRoot, css) : [])),
  ];
  const within = (parent, { css, text }) => {
    const plain = css.replace(/:visible$/, "");
    const all = inside(parent, plain).filter((element) => plain === css || isVisible(element));
    return text === undefined ? all : all.filter((element) => element.textContent.includes(text));
  };
  const of = (path) => path.reduce((parents, step) => parents.flatMap((parent) => within(parent, step)), [document]);
  const before = (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
  const found = [...new Set(paths.flatMap(of))].sort(before);
  switch (what) {
    case "count":
      return found.length;
    case "texts":
      return found.map((element) => element.innerText);
    case "state":
      return found[at] ? (isVisible(found[at]) ? "visible" : "attached") : "detached";
    default:
      return found[at] ?? null;
  }
}
