/**
 * Tells whether a suite tests the telling part of what it could: `npm test` does, where `npm run test:full` and a suite that is run by
 * itself test everything.
 */
export const quick = process.env.TEST_SCOPE === "quick";
