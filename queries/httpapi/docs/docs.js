// Shows /openapi.json. Everything is written as text: nothing of the document is taken for HTML.
"use strict";

function element(name, text, ...children) {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  e.append(...children);
  return e;
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return "list of " + typeOf(schema.items);
  if (schema.enum) return schema.enum.join(" | ");
  let type = [].concat(schema.type || "any").join(" or ");
  if (schema.additionalProperties && schema.additionalProperties !== true) type = "map of " + typeOf(schema.additionalProperties);
  const limits = [];
  if (schema.minimum !== undefined) limits.push("from " + schema.minimum);
  if (schema.maximum !== undefined) limits.push("to " + schema.maximum);
  if (schema.default !== undefined) limits.push("default " + schema.default);
  return limits.length ? type + " (" + limits.join(", ") + ")" : type;
}

function table(heads, rows) {
  const head = element("tr", "", ...heads.map((h) => element("th", h)));
  const body = rows.map((cells) => element("tr", "", ...cells.map((c, i) => (i === 0 ? element("td", "", element("code", c)) : element("td", c)))));
  return element("table", "", element("thead", "", head), element("tbody", "", ...body));
}

function operation(method, path, op) {
  const label = element("span", method.toUpperCase());
  label.className = "method";
  const title = element("summary", "", label, element("code", path), " " + (op.summary || ""));
  const box = element("details", "", title);
  if (op.description) box.append(element("p", op.description));
  const params = (op.parameters || []).map((p) => [p.name, p.in + (p.required ? ", required" : ""), typeOf(p.schema), p.description || (p.schema && p.schema.description) || ""]);
  if (params.length) box.append(table(["parameter", "in", "type", "meaning"], params));
  if (op.requestBody) box.append(element("p", "Body: " + Object.keys(op.requestBody.content).join(", ") + ". " + (op.requestBody.description || "")));
  const answers = Object.entries(op.responses || {}).map(([status, r]) => {
    const forms = Object.entries(r.content || {}).map(([type, m]) => type + ": " + typeOf(m.schema));
    return [status, r.description || "", forms.join("; ")];
  });
  box.append(table(["status", "meaning", "content"], answers));
  return box;
}

function schema(name, s) {
  const box = element("details", "", element("summary", "", element("code", name)));
  box.id = "schema-" + name;
  const required = new Set(s.required || []);
  const rows = Object.entries(s.properties || {}).map(([field, f]) => [field, required.has(field) ? "always" : "may be absent", typeOf(f), f.description || ""]);
  box.append(table(["field", "", "type", "meaning"], rows));
  return box;
}

async function show() {
  const main = document.getElementById("operations");
  const response = await fetch("/openapi.json");
  if (!response.ok) {
    main.replaceChildren(element("p", "The document could not be read: " + response.status));
    return;
  }
  const doc = await response.json();
  document.getElementById("about").textContent = doc.info.description + " Version " + doc.info.version + ".";
  const byTag = new Map();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of ["get", "post", "delete"]) {
      if (!item[method]) continue;
      const tag = (item[method].tags || ["other"])[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(operation(method, path, item[method]));
    }
  }
  main.replaceChildren();
  for (const [tag, boxes] of byTag) main.append(element("h2", tag), ...boxes);
  document.getElementById("schemas").append(...Object.entries(doc.components.schemas).map(([name, s]) => schema(name, s)));
}

show().catch((err) => {
  document.getElementById("operations").replaceChildren(element("p", "The document could not be shown: " + err));
});
