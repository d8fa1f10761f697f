import { defineConfig } from "@playwright/test";

const folder = process.env.BROWSER_TEST_FOLDER ?? "../../../.data/browser";

export default defineConfig({
  testDir: "tests",
  outputDir: `${folder}/results`,
  reporter: [["list"], ["json", { outputFile: `${folder}/results.json` }]],
  // Each file has a product of its own; two at a time on two cores.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  use: {
    // Debian's, as deploy/scripts/test-browser finds or installs it.
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run"],
    },
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
