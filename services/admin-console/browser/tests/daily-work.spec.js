// Why is it so, and what has to be decided: what brings an administrator back.
import { Entra } from "../entra.js";
import { until } from "../product.js";
import { expect, expectAccessible, picture, test } from "../test.js";

const SLUG = "demo-production";

/** The learner of a login, once the LMS has it as wanted. */
async function learner(product, login, wanted = () => true) {
  return until(`the learner ${login}`, async () => {
    const found = await product.api("GET", `/integrations/${SLUG}/learners?login=${encodeURIComponent(login)}`);
    return found.items.find(wanted);
  });
}

test.beforeAll(async ({ product }) => {
  const entra = new Entra(product.bootstrap.scim_url, product.bootstrap.scim_token);
  const ana = await entra.person("ana.silva@contoso.example");
  await entra.change(ana.id, { displayName: "Ana Silva-Costa", title: "Director" });
  const bob = await entra.person("bob.okafor@contoso.example", { given: "Bob", family: "Okafor" });
  await entra.group("Warehouse", [ana.id, bob.id]);
  await entra.disable(bob.id);
  await entra.send("POST", "/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ana.silva@contoso.example",
  });
  await learner(product, "ana.silva@contoso.example", (one) => one.display_name === "Ana Silva-Costa");
  await learner(product, "bob.okafor@contoso.example", (one) => one.status === "inactive");
});

/** Opens the page of a person, from the overview, and counts the clicks. */
async function openPerson(page, product, text) {
  await page.goto(`${product.console}/`);
  await page.getByRole("navigation").first().locator('a[href="/people"]').click();
  await page.locator('input[name="text"]').fill(text);
  await page.locator('form[role="search"] button').click();
  await page.locator("tbody th a").first().click();
  await expect(page).toHaveURL(/\/people\/[0-9a-f-]{36}/);
}

test("three clicks tell why a learner has a value", async ({ signedIn: page, product }) => {
  await openPerson(page, product, "silva");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ana Silva-Costa");
  const title = page.locator("#values tbody tr", { hasText: "Director" });
  await expect(title).toBeVisible();
  // Who decides it, and since which request.
  await expect(title.locator("td").nth(3)).not.toBeEmpty();
  await expect(title.locator('a[href*="/log/"]').first()).toBeVisible();
  await expectAccessible(page);
  await picture(page, "person");
});

test("three clicks tell why a person is inactive", async ({ signedIn: page, product }) => {
  await openPerson(page, product, "okafor");
  const status = page.locator("#status");
  await expect(status).toContainText(/inactive/i);
  await expect(status).toContainText(/Azure/);
  await picture(page, "person-inactive");
});

test("three clicks tell why a request failed, and what to do", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/`);
  await page.locator('.card a[href*="outcome=refused"]').first().click();
  const failed = page.locator("tbody tr").first();
  await expect(failed.locator(".advice").first()).toBeVisible();
  await picture(page, "log");
  await failed.locator('a[href*="/log/"]').first().click();
  await expect(page.locator("main")).toContainText("409");
  await expectAccessible(page);
  await picture(page, "log-entry");
});

test("new lines of the log come by themselves", async ({ signedIn: page, product, entra }) => {
  await page.goto(`${product.console}/log?integration=${SLUG}`);
  const before = await page.locator("#rows tr, tbody tr").count();
  await page.locator("button[data-tail]").click();
  await entra.person("carla.nunes@contoso.example", { given: "Carla", family: "Nunes" });
  await expect.poll(() => page.locator("#rows tr, tbody tr").count(), { timeout: 15_000 }).toBeGreaterThan(before);
});

test("a mass deactivation waits, and is approved only after its number was typed", async ({ signedIn: page, product, entra }) => {
  test.setTimeout(120_000);
  const people = [];
  for (let number = 1; number <= 30; number += 1) {
    people.push(await entra.person(`staff${number}@contoso.example`, { given: `Staff ${number}`, family: "Member" }));
  }
  await learner(product, "staff30@contoso.example");
  for (const person of people) await entra.disable(person.id);
  await until("a hold", async () => {
    const holds = await product.api("GET", `/integrations/${SLUG}/holds?state=open`);
    return holds.items[0]?.people > 0;
  });
  await page.goto(`${product.console}/attention?integration=${SLUG}`);
  await picture(page, "attention");
  await page.locator('.flash a[href*="/attention/holds/"]').first().click();
  await expectAccessible(page);
  await picture(page, "hold");
  const approve = page.locator('form[action$="/approve"]');
  await approve.locator('[name="comment"]').fill("the site was closed");
  await expect(approve.locator("button")).toBeDisabled();
  const number = await approve.locator("[data-confirm]").getAttribute("data-confirm");
  await approve.locator("[data-confirm]").fill(number);
  await approve.locator("button").click();
  await expect(page.locator(".flash.good[role=status]")).toBeVisible();
  await learner(product, "staff30@contoso.example", (one) => one.status === "inactive");
});

test("a change of rules is tried on a person before it is saved", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/attributes?integration=${SLUG}`);
  await picture(page, "attributes");
  await page.locator('a[href*="/attributes/rules"]').click();
  await page.locator('input[name="text"]').fill("silva");
  await page.locator('button[value="find"]').click();
  await expect(page.locator('input[name="person"]').first()).toBeChecked();
  await page.locator('button[value="preview"]').click();
  await expect(page.locator("#preview")).toBeVisible();
  await expectAccessible(page);
  await picture(page, "rules-preview");
});

test("cohorts and their rules are shown in words", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/groups?integration=${SLUG}`);
  await expect(page.locator("tbody")).toContainText("Warehouse");
  await picture(page, "groups");
  await page.locator('a[href*="/groups/rules"]').click();
  await expectAccessible(page);
});

test("the record of acts tells who did what", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/administrators?integration=${SLUG}`);
  await expect(page.locator("main")).toContainText("bootstrap");
  await picture(page, "administrators");
});

test("the overview shows how each integration is doing", async ({ signedIn: page, product }) => {
  await page.goto(`${product.console}/`);
  await expect(page.locator(".card.production")).toBeVisible();
  await picture(page, "overview");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "overview-dark");
});
