// From protocol buffers, as JSON of protobuf.js, to the JSON Schema of their JSON form.

const scalars = {
  string: { type: "string" }, bytes: { type: "string" }, bool: { type: "boolean" },
  float: { type: "number" }, double: { type: "number" },
  int32: { type: "integer" }, uint32: { type: "integer" },
  int64: { type: ["integer", "string"] }, uint64: { type: ["integer", "string"] },
};

// Google's own types have a form of their own in JSON.
const known = {
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.Duration": { type: "string" },
  "google.protobuf.Timestamp": { type: "string" },
  "google.protobuf.FieldMask": { type: "string" },
};

export function protoSchema(root, source) {
  const space = `${source.namespace}.`;
  const defs = {};
  const requests = {};

  const find = (name) => name.split(".").reduce((node, part) => node?.nested?.[part], root);

  // A name is looked up from the innermost message outwards.
  const resolve = (type, scope) => {
    for (let outer = scope; ; outer = outer.slice(0, Math.max(outer.lastIndexOf("."), 0))) {
      const name = outer ? `${outer}.${type}` : type;
      if (find(name)) {
        return name;
      }

      if (!outer) {
        throw new Error(`${type} in ${scope}`);
      }
    }
  };

  const typeOf = (type, scope) => {
    if (scalars[type]) {
      return scalars[type];
    }

    const name = resolve(type, scope);
    if (known[name]) {
      return known[name];
    }

    const short = name.startsWith(space) ? name.slice(space.length) : name;
    if (!(short in defs)) {
      defs[short] = {};
      const node = find(name);
      defs[short] = node.values ? { enum: Object.keys(node.values) } : message(node, name);
    }

    return { $ref: `#/$defs/${short}` };
  };

  const message = (node, name) => {
    const schema = { type: "object", properties: {}, required: [], additionalProperties: false };
    const wire = (field) => node.fields[field].options?.json_name ?? field;
    for (const [field, definition] of Object.entries(node.fields)) {
      const type = typeOf(definition.type, name);
      schema.properties[wire(field)] = definition.keyType ? { type: "object", additionalProperties: type }
        : definition.rule === "repeated" ? { type: "array", items: type }
        : type;
      if (definition.options?.["(google.api.field_behavior)"] === "REQUIRED") {
        schema.required.push(wire(field));
      }
    }

    // Of a "oneof" at most one member may be there; those of one member are marks of what is optional.
    for (const { oneof } of Object.values(node.oneofs ?? {}).filter((group) => group.oneof.length > 1)) {
      schema.dependentSchemas ??= {};
      for (const field of oneof) {
        schema.dependentSchemas[wire(field)] = {
          properties: Object.fromEntries(oneof.filter((other) => other !== field).map((other) => [wire(other), false])),
        };
      }
    }

    return schema;
  };

  for (const [path, type] of Object.entries(source.requests)) {
    const request = message(find(space + type), space + type);
    for (const member of source.inPath) {
      delete request.properties[member];
      request.required = request.required.filter((name) => name !== member);
    }

    requests[path] = request;
  }

  for (const [name, properties] of Object.entries(source.addedTo ?? {})) {
    Object.assign(defs[name].properties, properties);
  }

  return { requests, defs };
}
