const { readFileSync } = require('node:fs');
const { Validator } = require('@seriousme/openapi-schema-validator');

// Reads an OpenAPI document from standard input and prints whether it is valid.
void new Validator()
  .validate(JSON.parse(readFileSync(0, 'utf8')))
  .then((result) => process.stdout.write(JSON.stringify(result)));
