// On the screen of a telephone nothing has to be moved sideways, and what is done most can be reached.
import { Entra } from "../entra.js";
import { until } from "../product.js";
import { PAGES, expect, expectAccessible, picture, test } from "../test.js";

const SLUG = "demo-production";
const LOGIN = "ana.silva@contoso.example";

/** A row is a card that is seen whole, with what stands above it. */
const TALLEST = 480;

let person;

test.use({ viewport: { width: 360, height: 740 } });

test.beforeAll(async ({ product }) => {
  const entra = new Entra(product.bootstrap.scim_url, product.bootstrap.scim_token);
  const ana = await entra.person(LOGIN);
  const bob = await entra.person("bob.okafor@contoso.example", { given: "Bob", family: "Okafor" });
  await entra.group("Warehouse", [ana.id, bob.id]);
  await entra.disable(bob.id);
  // Refused: a name that is taken.
  await entra.send("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: LOGIN });
  person = await until("the learner", async () => {
    const found = await product.api("GET", `/integrations/${SLUG}/learners?login=${encodeURIComponent(LOGIN)}`);
    return found.items[0]?.learner_id;
  });
});

/** Nothing is wider than the screen, no row is too tall to be seen whole, and every link and button can be seen whole. */
async function expectToFit(page) {
  const found = await page.evaluate((tallest) => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("main a, main button, main input, main select, main td, main th")]
      .filter((one) => one.offsetParent && !one.closest("thead") && !one.classList.contains("hidden"))
      .filter((one) => { const box = one.getBoundingClientRect(); return box.left < 0 || box.right > width + 1; });
    const tall = [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetHeight > tallest);
    return {
      sideways: document.documentElement.scrollWidth - width,
      wide: wide.map((one) => one.outerHTML),
      tall: tall.map((row) => `${row.offsetHeight}: ${row.innerText}`),
      scrolled: [...document.querySelectorAll(".wide")].filter((one) => one.scrollWidth > one.clientWidth + 1).length,
    };
  }, TALLEST);
  expect(found).toEqual({ sideways: 0, wide: [], tall: [], scrolled: 0 });
}

for (const address of PAGES) {
  test(`${address} fits on a telephone`, async ({ signedIn: page, product }) => {
    await page.goto(product.console + address);
    await expectToFit(page);
    await expectAccessible(page);
    await picture(page, `narrow${address.replaceAll("/", "-")}`);
  });
}

test("rows that are shown as cards are still those of a table", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/people?integration=${SLUG}&status=active`);
  const row = page.locator("table[role=table] tbody[role=rowgroup] tr[role=row]").first();
  await expect(row.locator("th")).toHaveAttribute("role", "rowheader");
  await expect(row.locator("td").first()).toHaveAttribute("role", "cell");
  await expect(page.locator("thead th").first()).toHaveAttribute("role", "columnheader");
});

test("a person fits on a telephone", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/people/${person}?integration=${SLUG}`);
  await expectToFit(page);
  await expectAccessible(page);
  await picture(page, "narrow-person");
});

test("who was looked for is opened, and a token rotated, on a telephone", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/people?integration=${SLUG}&status=inactive`);
  const row = page.locator("tbody tr", { hasText: "Okafor" });
  await expect(row).toHaveCount(1);
  await expect(row.locator('td[data-label="Status"]')).toContainText("inactive");
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Bob Okafor");
  await page.goto(`${product.console}/setup?integration=${SLUG}`);
  await page.locator('tbody a[href*="/setup/rotate"]').first().click();
  await expect(page.locator('form[action="/setup/rotate"]')).toBeVisible();
});
