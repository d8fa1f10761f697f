// Nothing here is clicked: every flow can be gone through with the keyboard alone.
import { Entra } from "../entra.js";
import { until } from "../product.js";
import { expect, test } from "../test.js";

const SLUG = "demo-production";

/** Presses Tab until the element has the focus, as somebody without a mouse gets there. */
async function tabTo(page, locator) {
  await expect(locator).toBeVisible();
  for (let presses = 0; presses < 300; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the keyboard does not get there");
}

async function press(page, locator, key = "Enter") {
  await tabTo(page, locator);
  await page.keyboard.press(key);
}

async function type(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

test.beforeAll(async ({ product }) => {
  const entra = new Entra(product.bootstrap.scim_url, product.bootstrap.scim_token);
  await entra.person("ana.silva@contoso.example");
  await until("the learner", async () => {
    const found = await product.api("GET", `/integrations/${SLUG}/learners?login=${encodeURIComponent("ana.silva@contoso.example")}`);
    return found.items.length === 1;
  });
});

test("a token is issued and revoked by the keyboard", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/setup?integration=${SLUG}`);
  await press(page, page.locator('a[href*="kind=secret"]').first());
  await type(page, page.locator('input[name="name"]'), "by keyboard");
  await page.keyboard.press("Enter");
  await expect(page.locator("#secret")).toContainText("ilx_production_");
  await press(page, page.locator("main a.button"));
  const row = page.locator("tbody tr", { hasText: "by keyboard" });
  await press(page, row.locator('a[href*="/setup/revoke"]'));
  await type(page, page.locator("input[data-confirm]"), "by keyboard");
  await page.keyboard.press("Enter");
  await expect(page.locator(".flash.good[role=status]")).toBeVisible();
});

test("a person is found, exempted and given back by the keyboard", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/people?integration=${SLUG}`);
  await type(page, page.locator('input[name="text"]'), "ana");
  await page.keyboard.press("Enter");
  await press(page, page.locator("tbody th a").first());
  const form = page.locator('form[action$="/exemption"]');
  await type(page, form.locator('[name="reason"]'), "long leave");
  await tabTo(page, form.locator('[name="ends_on"]'));
  const year = new Date().getFullYear() + 1;
  await page.keyboard.type(`0101${year}`);
  await page.keyboard.press("Enter");
  await expect(page.locator(".flash.good[role=status]")).toBeVisible();
  await press(page, page.locator('form[action$="/exemption/end"] button'));
  await expect(page.locator(".flash.good[role=status]")).toBeVisible();
});

test("the log is filtered and an entry opened by the keyboard", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/log?integration=${SLUG}`);
  await press(page, page.locator('tbody a[href*="/log/"]').first());
  await expect(page).toHaveURL(/\/log\/[0-9a-f-]{36}/);
});

test("an integration is paused and resumed by the keyboard", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/setup?integration=${SLUG}`);
  const to = (state) => page.locator('form[action="/setup/state"]', { has: page.locator(`[value="${state}"]`) }).locator("button");
  await press(page, to("paused"));
  await expect(page.locator(".band .state.paused").first()).toBeVisible();
  await press(page, to("enabled"));
  await expect(page.locator(".band .state.enabled").first()).toBeVisible();
});

test("the language is changed by the keyboard", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/`);
  await press(page, page.locator('button[name="language"][value="fr"]'));
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await press(page, page.locator('button[name="language"][value="en"]'));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});
