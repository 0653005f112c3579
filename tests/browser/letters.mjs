// Prints, as JSON, which features of HTML and CSS these letters use that some mail program does not know.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

// Those of which the data tell everything that is asked.
const clients = [
  "aol.*", "apple-mail.*", "fastmail.*", "gmail.*", "gmx.*", "hey.*", "outlook.*", "protonmail.*", "samsung-email.*",
  "thunderbird.macos", "web-de.*", "yahoo.*",
];
const unknown = new Set();
for (const file of process.argv.slice(2)) {
  const { errors } = caniemail({ clients, html: readFileSync(file, "utf8") }).issues;
  for (const issues of errors.values()) for (const issue of issues) unknown.add(issue.title);
}
console.log(JSON.stringify([...unknown]));
