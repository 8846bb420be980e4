// Compares requests with GitHub's published schema: documents, and the variables that go with them.
// usage: node validate.mjs FILE, with {"query": "...", "variables": {...}} in each line, the variables if there are any
// Prints an array of JSON: what is wrong with each request, or an empty text.
import { readFileSync } from 'node:fs';
import { schema as published } from '@octokit/graphql-schema';
import { buildSchema, getVariableValues, parse, validate } from 'graphql';

const schema = buildSchema(published.idl, { assumeValidSDL: true });

const problems = ({ query, variables = {} }) => {
  const document = parse(query);
  const wrong = validate(schema, document).map((each) => each.message);
  if (wrong.length > 0) return wrong.join('; ');
  const definitions = document.definitions[0].variableDefinitions ?? [];
  const { errors = [] } = getVariableValues(schema, definitions, variables);
  const names = definitions.map((each) => each.variable.name.value);
  const unused = Object.keys(variables).filter((name) => !names.includes(name));
  return [...errors.map((each) => each.message), ...unused.map((name) => `$${name} is not a variable of the document`)].join('; ');
};

const lines = readFileSync(process.argv[2], 'utf8').split('\n');
console.log(JSON.stringify(lines.map((line) => problems(JSON.parse(line)))));
