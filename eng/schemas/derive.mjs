// Derives the schemas of requests in tests/schemas/published from what the providers publish in their npm packages: names,
// types, what is required, enums and nesting, and no text. Run `npm install --ignore-scripts && npm run derive` here.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { protoSchema } from "./proto.mjs";
import { proto, typed } from "./sources.mjs";
import { typesSchema } from "./types.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const output = join(here, "..", "..", "tests", "schemas", "published");
const only = process.argv.slice(2);

for (const [provider, source] of Object.entries({ ...typed, ...proto })) {
  if (only.length > 0 && !only.includes(provider)) {
    continue;
  }

  const root = join(packages, source.package);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { requests, defs, words = {} } = source.namespace
    ? protoSchema(createRequire(import.meta.url)(join(root, "build/protos/protos.json")), source)
    : typesSchema(root, source);
  writeFileSync(join(output, `${provider}.json`), print({ package: source.package, version, ...source.notes, ...words }, requests, defs));
  console.log(provider, version, Object.keys(defs).length);
}

// One member of a request and one definition a line, so that a difference between two versions can be read.
function print(source, requests, defs) {
  const lines = (members, indent) =>
    Object.keys(members).sort().map((name) => `${" ".repeat(indent)}${JSON.stringify(name)}: ${JSON.stringify(members[name])}`).join(",\n");
  const bodies = Object.keys(requests).sort().map((path) => {
    const { properties, ...rest } = requests[path];
    return `    ${JSON.stringify(path)}: {\n${lines(rest, 6)},\n      "properties": {\n${lines(properties, 8)}\n      }\n    }`;
  });
  return `{
  "source": ${JSON.stringify(source)},
  "requests": {
${bodies.join(",\n")}
  },
  "$defs": {
${lines(defs, 4)}
  }
}
`;
}
