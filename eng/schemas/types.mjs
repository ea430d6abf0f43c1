// From TypeScript's types to JSON Schema.
import { createGenerator } from "ts-json-schema-generator";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

const kept = new Set(["type", "enum", "const", "anyOf", "allOf", "oneOf", "items", "properties", "required", "additionalProperties", "$ref", "not", "minItems", "maxItems", "prefixItems"]);

export function typesSchema(root, source) {
  const requests = {};
  const defs = {};
  for (const [path, [file, type]] of Object.entries(source.requests)) {
    const definitions = generate(join(root, file), type);
    if (type.endsWith(outbound)) {
      unsetDefaults(definitions, generate(join(root, file), type.slice(0, -outbound.length)));
    }

    const names = namesOf(definitions);
    for (const [name, definition] of Object.entries(definitions)) {
      const safe = names.get(name);
      const reduced = reduce(definition, names);
      if (safe in defs && !isDeepStrictEqual(defs[safe], reduced)) {
        throw new Error(`${safe} of ${path} is another than before`);
      }

      defs[safe] = reduced;
    }

    requests[path] = takeRequest(defs, source);
  }

  if (source.smithy) {
    requireMembers(join(root, source.smithy), { ...defs, ...requestsByName(requests, source) });
  }

  for (const [name, properties] of Object.entries(source.addedTo ?? {})) {
    Object.assign(defs[name].properties, properties);
  }

  for (const [name, members] of Object.entries(source.optional ?? {})) {
    defs[name].required = defs[name].required.filter((member) => !members.includes(member));
  }

  for (const [path, properties] of Object.entries(source.added ?? {})) {
    Object.assign(requests[path].properties, properties);
  }

  const words = Object.fromEntries(Object.entries(source.words ?? {}).map(([name, [file, type]]) => [name, wordsOf(generate(join(root, file), type))]));
  return { requests, defs: reachable(requests, defs), words };
}

const wordsOf = (definitions) => [...JSON.stringify(definitions).matchAll(/"(?:const":|enum":\[)("[^\]}]+)/g)].flatMap(([, list]) => JSON.parse(`[${list}]`)).sort();

const outbound = "$Outbound";
const alias = "Request";

// The root is an alias of our own: several files of a package may have types of one name.
function generate(file, type) {
  const folder = mkdtempSync(join(tmpdir(), "schemas-"));
  try {
    const path = join(folder, "request.ts");
    const [outer] = type.split(".");
    writeFileSync(path, `import type { ${outer} as Published } from ${JSON.stringify(file.replace(/\.d\.ts$/, ".js"))};\nexport type ${alias} = ${type.replace(outer, "Published")};\n`);
    const { definitions } = createGenerator({
      path, type: alias, expose: "all", topRef: true, jsDoc: "none", skipTypeCheck: true, additionalProperties: false, encodeRefs: false,
    }).createSchema(alias);
    return definitions;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function takeRequest(defs, source) {
  let request = defs[alias];
  delete defs[alias];
  while (request.$ref) {
    const name = request.$ref.slice("#/$defs/".length);
    request = defs[name];
    delete defs[name];
  }

  request = structuredClone(request);
  for (const member of source.inPath ?? []) {
    delete request.properties[member];
    request.required = request.required?.filter((name) => name !== member);
  }

  return { ...request, required: request.required ?? [] };
}

// What a client fills in by itself may be left out on the wire: it is optional in the type that the client's caller writes.
function unsetDefaults(definitions, written) {
  for (const [name, definition] of Object.entries(definitions)) {
    unsetDefaultsOf(definition, written[name.replaceAll(outbound, "")]);
  }
}

function unsetDefaultsOf(wire, caller) {
  if (!wire || !caller) {
    return;
  }

  const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  for (const [member, schema] of Object.entries(wire.properties ?? {})) {
    unsetDefaultsOf(schema, caller.properties?.[camel(member)]);
  }

  const isOptional = (member) => camel(member) in (caller.properties ?? {}) && !(caller.required ?? []).includes(camel(member));
  wire.required = wire.required?.filter((member) => !isOptional(member));
  unsetDefaultsOf(wire.items, caller.items);
  for (const [i, choice] of (wire.anyOf ?? []).entries()) {
    unsetDefaultsOf(choice, caller.anyOf?.[i]);
  }
}

// Amazon's types let each member be undefined. Its schemas at run time tell how many of a structure's members are needed,
// and have those first.
function requireMembers(file, defs) {
  for (const schema of Object.values(createRequire(import.meta.url)(file))) {
    const [kind, , name, , members, , needed] = Array.isArray(schema) ? schema : [];
    if (kind === 3 && needed > 0 && defs[name]) {
      defs[name].required = members.slice(0, needed).filter((member) => member in defs[name].properties);
    }
  }
}

function requestsByName(requests, source) {
  return Object.fromEntries(Object.entries(source.requests).map(([path, [, type]]) => [type, requests[path]]));
}

// The generator's names have brackets, dollars and quotes in them.
function namesOf(definitions) {
  const names = new Map();
  const taken = new Set();
  for (const name of Object.keys(definitions)) {
    let safe = name.replace(/\$Outbound|\.Raw/g, "").replace(/[^A-Za-z0-9.]+/g, "_").slice(0, 80);
    for (let i = 2; taken.has(safe); i++) {
      safe = `${safe}_${i}`;
    }

    taken.add(safe);
    names.set(name, safe);
  }

  return names;
}

function reduce(schema, names) {
  const reduced = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!kept.has(keyword)) {
      continue;
    }

    if (keyword === "$ref") {
      const name = names.get(value.slice("#/definitions/".length));
      // What is bytes in the client is Base64 on the wire.
      if (name.startsWith("Uint8Array")) {
        return { type: "string" };
      }

      reduced.$ref = `#/$defs/${name}`;
    } else if (keyword === "properties") {
      // Members that a union rules out are ruled out by not being there.
      const members = Object.entries(value).filter(([name, member]) => name !== "$unknown" && !isNothing(member));
      reduced.properties = Object.fromEntries(members.map(([name, member]) => [name, reduce(member, names)]));
    } else if (["anyOf", "allOf", "oneOf", "prefixItems"].includes(keyword)) {
      reduced[keyword] = choices(keyword, value.map((item) => reduce(item, names)));
    } else if (["items", "additionalProperties", "not"].includes(keyword) && typeof value === "object") {
      reduced[keyword] = Array.isArray(value) ? value.map((item) => reduce(item, names)) : reduce(value, names);
    } else {
      reduced[keyword] = value;
    }
  }

  return reduced;
}

const isNothing = (schema) => schema.not && Object.keys(schema.not).length === 0;

function choices(keyword, items) {
  const isText = (item) => item.type === "string";
  const isNamed = (item) => item.enum || "const" in item;
  // A list of names that is open is any text. A member of Amazon's that is not known yet is none that can be sent.
  const isOpen = keyword === "anyOf" && items.some((item) => isText(item) && !isNamed(item));
  return items.filter((item) => !item.$ref?.endsWith("._UnknownMember") && !(isOpen && isText(item) && isNamed(item)));
}

function reachable(requests, defs) {
  const found = {};
  const look = (schema) => {
    for (const [, name] of JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
      if (!(name in found)) {
        found[name] = defs[name];
        look(defs[name]);
      }
    }
  };
  look(requests);
  return found;
}
