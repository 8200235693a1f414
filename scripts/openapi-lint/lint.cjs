// Lints api/openapi.yaml by the rules in redocly.yaml; run by scripts/check.sh.
// Takes the linter's library where its command line would look for a newer
// version of itself and send statistics.
const path = require("node:path");
const { formatProblems, getTotals, lint, loadConfig } = require("@redocly/openapi-core");

async function main(document) {
  const config = await loadConfig({ configPath: path.join(__dirname, "redocly.yaml") });
  const problems = await lint({ ref: document, config });
  const totals = getTotals(problems);
  formatProblems(problems, { totals, version: "1.34.24", maxProblems: 500 });
  process.exitCode = totals.errors + totals.warnings > 0 ? 1 : 0;
}

main(process.argv[2]);
