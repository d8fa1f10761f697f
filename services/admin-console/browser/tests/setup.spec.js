// From nothing to a connected tenant, by the Set-up page alone; then rotation, promotion and the end.
import { Entra } from "../entra.js";
import { expect, expectAccessible, picture, test } from "../test.js";
import { until } from "../product.js";

/** What a term of a list of definitions says. */
function said(page, term) {
  return page.locator("dt", { hasText: term }).first().locator("xpath=following-sibling::dd[1]").locator("code").first();
}

async function issue(page, name) {
  await page.locator('a[href*="kind=secret"]').first().click();
  await page.locator('input[name="name"]').fill(name);
  await page.locator('form[action="/setup/credential"] button').click();
  await expectAccessible(page);
  const secret = (await said(page, "Secret Token").textContent()).trim();
  const url = (await said(page, "Tenant URL").textContent()).trim();
  return { url, secret };
}

test.describe.serial("a customer who comes with Azure", () => {
  let connected;

  test("connects a tenant by the Set-up page alone", async ({ signedIn: page, product }) => {
    await page.goto(`${product.console}/setup`);
    await page.locator('a[href="/setup/new"]').click();
    await expectAccessible(page);
    await page.locator('[name="portal"]').evaluate((field) => field.tagName) === "SELECT"
      ? await page.locator('select[name="portal"]').selectOption("demo")
      : await page.locator('input[name="portal"]').fill("demo");
    await page.locator('input[name="environment"][value="staging"]').check();
    await page.locator('input[name="slug"]').fill("demo-staging");
    await page.locator('form[action="/setup/new"] button').click();
    await expect(page.locator("dl")).toContainText("/integrations/demo-staging/scim/v2");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Make it" }).click();
    await expect(page).toHaveURL(/integration=demo-staging/);
    await expect(page.locator(".band.staging").first()).toBeVisible();
    await expectAccessible(page);

    const { url, secret } = await issue(page, "Entra staging");
    expect(secret).toMatch(/^ilx_staging_/);
    expect(url).toContain("/integrations/demo-staging/scim/v2");
    // Shown once, and kept nowhere.
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    await expect(page.locator("body")).not.toContainText(secret);

    const step = (number) => page.locator(".steps > li").nth(number);
    await expect(step(0)).toHaveClass(/done/);
    await expect(step(1)).not.toHaveClass(/done/);
    // Nobody touches the page from here on: its steps are ticked by what Entra does.
    const entra = new Entra(url, secret);
    expect(await entra.testConnection()).toBe(200);
    await expect(step(1)).toHaveClass(/done/, { timeout: 15_000 });
    const ana = await entra.person("ana.silva@contoso.example");
    await expect(step(3)).toHaveClass(/done/, { timeout: 15_000 });
    await entra.group("Warehouse", [ana.id]);
    await expect(step(4)).toHaveClass(/done/, { timeout: 15_000 });
    await entra.disable(ana.id);
    await expect(step(5)).toHaveClass(/done/, { timeout: 15_000 });
    await expectAccessible(page);
    await picture(page, "setup");
    connected = { url, secret };
  });

  test("is told that externalId comes from mailNickname", async ({ signedIn: page, product }) => {
    const entra = new Entra(connected.url, connected.secret);
    await entra.person("bob.okafor@contoso.example", { given: "Bob", family: "Okafor", objectId: "bob.okafor" });
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    await expect(page.locator("#steps")).toContainText("objectId");
  });

  test("rotates the token, and is told when it is safe to retire the old one", async ({ signedIn: page, product }) => {
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    const old = page.locator("tbody tr", { hasText: "Entra staging" });
    await old.locator('a[href*="/setup/rotate"]').click();
    await page.locator('input[name="name"]').fill("Entra staging, new");
    await page.locator('form[action="/setup/rotate"] button').click();
    const secret = (await said(page, "Secret Token").textContent()).trim();
    expect(secret).not.toBe(connected.secret);
    // Both are good until the old one is retired.
    expect(await new Entra(connected.url, connected.secret).testConnection()).toBe(200);
    expect(await new Entra(connected.url, secret).testConnection()).toBe(200);
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    await expect(page.locator('form[action="/setup/retire"]')).toHaveCount(0);
    await picture(page, "rotation");
    connected.next = secret;
  });

  test("revokes a token only after its name was typed", async ({ signedIn: page, product }) => {
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    // The one that was rotated: the successor is the newest, and stands first.
    await page.locator('a[href*="/setup/revoke"]').last().click();
    const button = page.locator('form[action="/setup/revoke"] button');
    await expect(button).toBeDisabled();
    const name = await page.locator("input[data-confirm]").getAttribute("data-confirm");
    await page.locator("input[data-confirm]").fill(name);
    await button.click();
    await expect(page.locator(".flash.good[role=status]")).toBeVisible();
    const revoked = name === "Entra staging" ? connected.secret : connected.next;
    await until("the token is refused", async () => (await new Entra(connected.url, revoked).testConnection()) === 401);
    connected.secret = name === "Entra staging" ? connected.next : connected.secret;
  });

  test("promotes settings from staging to production after seeing the difference", async ({ signedIn: page, product }) => {
    const staging = await product.api("GET", "/integrations/demo-staging");
    const answer = await fetch(`${product.bootstrap.admin_url}/admin/v1/integrations/demo-staging/settings`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${product.bootstrap.admin_token}`, "Content-Type": "application/json", "If-Match": `"${staging.version}"` },
      body: JSON.stringify({ ...staging.settings, log_retention_days: 90 }),
    });
    expect(answer.status).toBe(200);
    await page.goto(`${product.console}/environments?integration=demo-production&with=demo-staging`);
    await expect(page.locator("main")).toContainText("/settings/log_retention_days");
    await expectAccessible(page);
    await picture(page, "environments");
    const form = page.locator('form[action="/environments/promotion"]').first();
    await form.locator("input[data-confirm]").fill("demo-production");
    await form.locator("button").click();
    await expect(page.locator(".flash.good[role=status]")).toBeVisible();
    const production = await product.api("GET", "/integrations/demo-production");
    expect(production.settings.log_retention_days).toBe(90);
  });

  test("pauses, and Entra is told to come back later", async ({ signedIn: page, product }) => {
    await page.goto(`${product.console}/setup?integration=demo-staging`);
    await page.locator('form[action="/setup/state"]', { has: page.locator('[value="paused"]') }).locator("button").click();
    await expect(page.locator(".band .state.paused").first()).toBeVisible();
    await until("Entra is turned away", async () => (await new Entra(connected.url, connected.secret).testConnection()) === 503);
    await page.locator('form[action="/setup/state"]', { has: page.locator('[value="enabled"]') }).locator("button").click();
    await until("Entra is let in", async () => (await new Entra(connected.url, connected.secret).testConnection()) === 200);
  });

  test("detaches only after the name was typed, and told what stays", async ({ signedIn: page, product }) => {
    await page.goto(`${product.console}/environments/detachment?integration=demo-staging`);
    await expect(page.locator("main table")).toBeVisible();
    await expectAccessible(page);
    const button = page.locator('form[action="/environments/detachment"] button');
    await expect(button).toBeDisabled();
    await page.locator("input[data-confirm]").fill("demo-staging");
    await button.click();
    await expect(page.locator(".band .state.detached").first()).toBeVisible();
    await until("Entra is refused", async () => (await new Entra(connected.url, connected.secret).testConnection()) === 403);
  });
});

test("what was typed stays when it is refused", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/setup/credential?integration=demo-production&kind=federated`);
  await page.locator('input[name="name"]').fill("Entra, federated");
  await page.locator('input[name="tenant_id"]').fill("no tenant");
  await page.locator('input[name="audience"]').fill("api://app");
  await page.locator('input[name="subject"]').fill("subject");
  await page.locator('form[action="/setup/credential"] button').click();
  await expect(page.locator("[role=alert]")).toBeVisible();
  await expect(page.locator('input[name="name"]')).toHaveValue("Entra, federated");
  await expectAccessible(page);
});

test("a token may do what was chosen, from where was typed", async ({ signedIn: page, product }) => {
  const [name, networks] = [page.locator('input[name="name"]'), page.locator('textarea[name="networks"]')];
  const send = page.locator('form[action="/setup/credential"] button');
  const made = async () => new Entra(product.bootstrap.scim_url, (await said(page, "Secret Token").textContent()).trim());
  const form = `${product.console}/setup/credential?integration=demo-production&kind=secret`;
  await page.goto(form);
  await name.fill("Reader");
  for (const scope of ["users_write", "groups_write"]) await page.locator(`input[name="${scope}"]`).uncheck();
  await networks.fill("127.0.0.0/8\nthe office");
  await send.click();
  await expect(page.locator("[role=alert]")).toContainText("192.0.2.0/24");
  await expect(networks).toHaveValue("127.0.0.0/8\nthe office");
  await expect(page.locator('input[name="users_read"]')).toBeChecked();
  await expect(page.locator('input[name="users_write"]')).not.toBeChecked();
  await expectAccessible(page);
  await networks.fill("127.0.0.0/8\n::1/128");
  await send.click();
  const reader = await made();
  expect(await reader.testConnection()).toBe(200);
  expect((await reader.send("DELETE", `/Users/${crypto.randomUUID()}`)).status).toBe(403);

  await page.goto(form);
  await name.fill("Elsewhere");
  await networks.fill("192.0.2.0/24");
  await send.click();
  // As if it were no token at all: nobody learns that it would be good elsewhere.
  expect(await (await made()).testConnection()).toBe(401);

  await page.goto(`${product.console}/setup?integration=demo-production`);
  const row = page.locator("tbody tr", { hasText: "Reader" });
  await expect(row).toContainText("read users, read groups");
  await expect(row).toContainText("127.0.0.0/8");
  await expectAccessible(page);
});

test("whoever may only read is offered nothing else", async ({ page, product }) => {
  const viewer = await product.viewerLink();
  await page.goto(viewer);
  await page.getByRole("main").getByRole("button").click();
  await page.goto(`${product.console}/setup?integration=demo-production`);
  await expect(page.locator('form[action="/setup/state"]')).toHaveCount(0);
  await expect(page.locator('a[href*="kind=secret"]')).toHaveCount(0);
  await page.goto(`${product.console}/setup/credential?integration=demo-production&kind=secret`);
  await expect(page.locator("main")).toContainText("owner");
});
