#!/usr/bin/env node
// `rallyd start …` is `rally daemon start …`.
if (process.argv[2] !== '--version') process.argv.splice(2, 0, 'daemon')
await import('../../dist/cli/main.js')
