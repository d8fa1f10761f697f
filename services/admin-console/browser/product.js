// The whole product in one process, as `make run` starts it, in a folder of its own.
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY = process.env.SCIM_STANDALONE
  ?? fileURLToPath(new URL("../../../target/debug/scim-standalone", import.meta.url));

/** Ports that nobody listens on now. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => done(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Asks until the answer is there, for 30 seconds at most. */
export async function until(what, ask) {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export class Product {
  static async start() {
    const folder = await mkdtemp(join(tmpdir(), "illuxi-browser-"));
    const [scim, admin, console_] = await freePorts(3);
    const child = spawn(BINARY, ["serve", "--data-dir", folder, "--listen", `127.0.0.1:${scim}`,
      "--admin-listen", `127.0.0.1:${admin}`, "--console-listen", `127.0.0.1:${console_}`,
      "--log", "warn"], { stdio: ["ignore", "pipe", "pipe"] });
    const product = new Product(folder, child);
    try {
      product.bootstrap = await until("the product starts", async () => {
        if (child.exitCode !== null) throw new Error(`the product ended: ${product.log}`);
        const text = await readFile(join(folder, "bootstrap.json"), "utf8").catch(() => "");
        return text && JSON.parse(text);
      });
      await until("the console answers", () => fetch(`${product.console}/sign-in`).then((answer) => answer.ok, () => false));
    } catch (error) {
      await product.stop();
      throw error;
    }
    return product;
  }

  constructor(folder, child) {
    this.folder = folder;
    this.child = child;
    this.log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => { this.log += data; });
    }
  }

  get console() {
    return this.bootstrap.console_url;
  }

  async stop() {
    if (this.child.exitCode === null) {
      const ended = new Promise((done) => this.child.once("exit", done));
      this.child.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A one-time link of an owner of all portals. */
  link() {
    return this.linkOf(this.bootstrap.admin_token);
  }

  /** A one-time link of somebody who may read, and nothing else. */
  async viewerLink() {
    return this.linkOf(await this.token("vera", ["viewer"]));
  }

  /** An administrator's token, as `scim-gateway admin-token` makes one. */
  async token(subject, roles) {
    const key = (await readFile(join(this.folder, "admin.key"), "utf8")).trim();
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: "illuxi-scim", aud: "illuxi-scim-admin", sub: subject, iat: now, nbf: now, exp: now + 600, jti: randomUUID(), roles };
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
  }

  async linkOf(token) {
    const answer = await fetch(`${this.console}/sign-in/links`, {
      method: "POST", headers: { Authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`no link: ${answer.status}`);
    return (await answer.json()).url;
  }

  /** Asks the administrators' API, which the console stands on. */
  async api(method, path, body) {
    const answer = await fetch(`${this.bootstrap.admin_url}/admin/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.bootstrap.admin_token}`, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }
}
