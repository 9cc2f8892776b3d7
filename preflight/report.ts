import { isError, rules, type Finding } from "./preflight";

/** Renders findings as text, one block a finding: rule, place, AWS's error, cause, fix and link. Ends with a summary. */
export function renderText(findings: readonly Finding[], checked: number): string {
  const blocks = findings.map(({ rule, resource, detail }) =>
    [
      `${rule.severity} ${rule.id}`,
      `  where  ${resource.type} ${resource.name}: ${detail}`,
      `  AWS    ${rule.awsError}`,
      `  why    ${rule.cause}`,
      `  fix    ${rule.fix}`,
      `  see    ${rule.link}`,
    ].join("\n"),
  );
  const errors = findings.filter(isError).length;
  const summary = `${checked} resources, ${rules.length} rules: ${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}`;
  return [...blocks, summary].join("\n\n");
}

/** Renders findings as a JSON array. */
export function renderJson(findings: readonly Finding[]): string {
  const entries = findings.map(({ rule: { id, severity, awsError, cause, fix, link }, resource, detail }) => ({
    rule: id,
    severity,
    urn: resource.urn,
    detail,
    awsError,
    cause,
    fix,
    link,
  }));
  return JSON.stringify(entries, undefined, 2);
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Renders findings as SARIF for code scanning. Resources have no file, so they are logical locations.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function renderSarif(findings: readonly Finding[]): string {
  const driver = {
    name: "webhook-pipeline preflight",
    rules: rules.map(({ id, severity, awsError, cause, fix, link }) => ({
      id,
      shortDescription: { text: cause },
      fullDescription: { text: awsError },
      help: { text: fix },
      helpUri: link,
      defaultConfiguration: { level: severity },
    })),
  };
  const results = findings.map(({ rule, resource, detail }) => ({
    ruleId: rule.id,
    level: rule.severity,
    message: { text: `${resource.type} ${resource.name}: ${detail}` },
    locations: [{ logicalLocations: [{ fullyQualifiedName: resource.urn, kind: "resource" }] }],
  }));
  const $schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return JSON.stringify({ $schema, version: "2.1.0", runs: [{ tool: { driver }, results }] }, undefined, 2);
}
