// Microsoft Entra ID's provisioning service, as far as it can be told from outside: its requests in its forms and order.
import { randomUUID } from "node:crypto";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export class Entra {
  /** A tenant whose "Tenant URL" and "Secret Token" were filled in. */
  constructor(tenantUrl, secretToken) {
    this.url = tenantUrl;
    this.token = secretToken;
  }

  async send(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/scim+json; charset=utf-8" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  async expect(status, method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status !== status) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  filter(attribute, value) {
    return `?filter=${encodeURIComponent(`${attribute} eq "${value}"`)}`;
  }

  /** "Test Connection": somebody is looked for who cannot be there. */
  async testConnection() {
    return (await this.send("GET", `/Users${this.filter("userName", randomUUID())}`)).status;
  }

  /** Looks for a person, and creates it where nobody is found. */
  async person(login, { given = "Ana", family = "Silva", objectId = randomUUID(), ...more } = {}) {
    const found = await this.expect(200, "GET", `/Users${this.filter("userName", login)}`);
    if (found.totalResults > 0) return found.Resources[0];
    return this.expect(201, "POST", "/Users", {
      schemas: [USER, ENTERPRISE], externalId: objectId, userName: login, active: true,
      displayName: `${given} ${family}`, name: { formatted: `${given} ${family}`, givenName: given, familyName: family },
      emails: [{ primary: true, type: "work", value: login }], meta: { resourceType: "User" },
      [ENTERPRISE]: { department: "Logistics" }, ...more,
    });
  }

  /** Changes attributes, in the words of Entra without the flag that makes it speak as the RFC does. */
  async change(id, values) {
    const operations = Object.entries(values).map(([path, value]) => ({ op: "Replace", path, value }));
    return this.expect(200, "PATCH", `/Users/${id}`, { schemas: [PATCH], Operations: operations });
  }

  async disable(id) {
    return this.change(id, { active: "False" });
  }

  async group(name, members = []) {
    const found = await this.expect(200, "GET", `/Groups?excludedAttributes=members&${this.filter("displayName", name).slice(1)}`);
    const group = found.totalResults > 0 ? found.Resources[0] : await this.expect(201, "POST", "/Groups", {
      schemas: [GROUP], externalId: randomUUID(), displayName: name, meta: { resourceType: "Group" },
    });
    for (const member of members) {
      await this.expect(200, "PATCH", `/Groups/${group.id}`, {
        schemas: [PATCH], Operations: [{ op: "Add", path: "members", value: [{ value: member }] }],
      });
    }
    return group;
  }
}
