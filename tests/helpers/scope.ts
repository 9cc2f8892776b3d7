/**
 * True if suites run a representative part of their tests, as `npm test` does. `npm run test:full`, and a suite that runs alone, test everything.
 */
export const quick = process.env.TEST_SCOPE === "quick";
