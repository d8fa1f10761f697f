// What every test has: a product, somebody who is signed in, and rules that hold on every page.
import { expect, test as base } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";

import { Entra } from "./entra.js";
import { Product } from "./product.js";

export const test = base.extend({
  product: [async ({}, use) => {
    const product = await Product.start();
    await use(product);
    await product.stop();
  }, { scope: "worker" }],

  /** Entra, connected to the integration that the product begins with. */
  entra: async ({ product }, use) => {
    await use(new Entra(product.bootstrap.scim_url, product.bootstrap.scim_token));
  },

  /** A page whose every breach of the console's own rules fails the test. */
  page: async ({ page, product }, use) => {
    const breaches = [];
    page.on("console", (message) => {
      // What a page answers with 4xx on purpose is told here as well.
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) breaches.push(message.text());
    });
    page.on("pageerror", (error) => breaches.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(product.console)) breaches.push(`asked another server: ${url}`);
      if (/%40|@|ilx_/i.test(url)) breaches.push(`a person or a secret in an address: ${url}`);
    });
    await use(page);
    if (page.url().startsWith(product.console)) {
      // htmx keeps the path of the page that is shown, for the way back.
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
      expect(kept, "no person and no secret is kept where scripts could read it").not.toMatch(/@|%40|ilx_|illuxi-console/);
    }
    expect(breaches).toEqual([]);
  },

  /** The same, with somebody signed in who may do everything. */
  signedIn: async ({ page, product }, use) => {
    await page.goto(await product.link());
    await page.getByRole("main").getByRole("button").click();
    await expect(page.getByRole("navigation")).toBeVisible();
    await use(page);
  },
});

/** Finds no fault with what is shown, by the rules of WCAG 2.2 A and AA. */
export async function expectAccessible(page) {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const told = found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(told).toEqual([]);
}

/** Keeps a picture for docs/admin-guide.md when pictures are asked for. */
export async function picture(page, name) {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** Addresses of all pages that have one. */
export const PAGES = [
  "/", "/setup", "/people", "/groups", "/attributes", "/log", "/attention", "/environments", "/administrators",
];

export { expect };
