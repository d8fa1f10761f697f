// What holds on every page, whatever it shows.
import { PAGES, expect, expectAccessible, test } from "../test.js";

const MOST_BYTES = 200 * 1000;

test.beforeAll(async ({ product }) => {
  const { Entra } = await import("../entra.js");
  const entra = new Entra(product.bootstrap.scim_url, product.bootstrap.scim_token);
  const ana = await entra.person("ana.silva@contoso.example");
  const bob = await entra.person("bob.okafor@contoso.example", { given: "Bob", family: "Okafor" });
  await entra.group("Warehouse", [ana.id, bob.id]);
  await entra.disable(bob.id);
  // Refused: a name that is taken.
  await entra.send("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ana.silva@contoso.example" });
});

for (const address of PAGES) {
  test(`${address} is accessible, in light and dark, wide and narrow`, async ({ signedIn: page, product }) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(product.console + address);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await expectAccessible(page);
    }
    const spilled = await page.evaluate(() => [...document.querySelectorAll(".card dd, .card p, .card h2")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.outerHTML));
    expect(spilled, "nothing is wider than its card").toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(product.console + address);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, "nothing is wider than the screen").toBeLessThanOrEqual(0);
  });

  test(`${address} is small, in French too, and works without scripts`, async ({ signedIn: page, product, browser }) => {
    const cookies = await page.context().cookies();
    for (const cookie of cookies) expect(cookie.httpOnly, cookie.name).toBe(true);
    const context = await browser.newContext({ javaScriptEnabled: false, locale: "fr-FR" });
    await context.addCookies(cookies.filter((cookie) => !/lang/i.test(cookie.name)));
    const plain = await context.newPage();
    let bytes = 0;
    plain.on("response", async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      bytes += body.length;
    });
    const answer = await plain.goto(product.console + address, { waitUntil: "networkidle" });
    expect(answer.status()).toBe(200);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await expect(plain.locator("html")).toHaveAttribute("lang", "fr");
    await expect(plain.getByRole("heading", { level: 1 })).toHaveCount(1);
    await context.close();
  });
}

test("the keyboard alone leads to every page", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/`);
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  const links = page.getByRole("navigation").getByRole("link");
  const count = await links.count();
  for (let index = 0; index < count; index += 1) {
    const link = links.nth(index);
    const name = await link.textContent();
    await link.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("navigation").getByRole("link", { name, exact: true })).toHaveAttribute("aria-current", "page");
  }
});

test("instants are in the reader's zone and form", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/log`);
  const time = page.locator("tbody time").first();
  const at = new Date(await time.getAttribute("datetime"));
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hour12: false, timeZone: "Europe/Paris" }).format(at);
  // Such as: 1 Mar 2026, 13:00:00 CET
  await expect(time).toHaveText(new RegExp(`^\\d{1,2} \\w{3,4} 20\\d\\d, ${hour}:\\d\\d:\\d\\d (CET|CEST)$`));
});

test("a page of nobody leads to the way in", async ({ page, product }) => {
  await page.goto(`${product.console}/log`);
  await expect(page).toHaveURL(/\/sign-in/);
  await expectAccessible(page);
});
