// Reads a JSON list of objects and compares those of KEDA and the Prometheus operator with the schemas of these projects.
import { readFileSync } from "node:fs";
import * as keda from "@kubernetes-models/keda/keda.sh/v1alpha1";
import * as monitoring from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const models = { "keda.sh/v1alpha1": keda, "monitoring.coreos.com/v1": monitoring };
let checked = 0;
for (const object of JSON.parse(readFileSync(0, "utf8"))) {
  const group = models[object.apiVersion];
  if (!group) continue;
  const Model = (group.default ?? group)[object.kind];
  if (!Model) throw new Error(`no schema of ${object.apiVersion} ${object.kind}`);
  new Model(object).validate();
  checked += 1;
}
if (checked === 0) throw new Error("there was nothing to check");
console.log(`${checked} objects of KEDA and the Prometheus operator agree with their schemas`);
