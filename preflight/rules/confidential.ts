import { Type } from "../graph/types";
import { each, eachResource, together } from "../check";
import { fields, isKnown, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";
import { textsOf } from "../texts";

/** Forms of credentials by issuer. */
const credentials: { what: string; form: RegExp }[] = [
  { what: "an AWS access key", form: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: "a Stripe key or signing secret", form: /\b(whsec_[A-Za-z0-9+/=]{16,}|[sr]k_(live|test)_[A-Za-z0-9]{16,})/ },
  { what: "a GitHub token", form: /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/ },
  { what: "a Slack token", form: /\bxox[abposr]-[A-Za-z0-9-]{10,}/ },
  { what: "a Square token", form: /\b(EAAA[\w-]{40,}|sq0csp-[\w-]{40,})/ },
  { what: "a private key", form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: "a password in an address", form: /\b[a-z][\w+.-]*:\/\/[^/\s:@${}]+:[^/\s:@${}]{3,}@/i },
];

/** Names that people give to secrets. */
const secretName = /(^|_)(secret|password|passwd|pwd|token|api_?key|private_?key|credentials?|signing_?key|access_?key)$/i;
/** Values that are not secrets: ARNs, addresses, paths and other references, switches and numbers. */
const reference = /^(arn:|alias\/|https?:\/\/|\/[\w/.-]+$|\{\{resolve:|\$\{)|^(true|false|\d+)?$/;

const switchedOn = (type: string, path: string, isOn: (value: unknown) => boolean) =>
  each(type, (resource) => {
    const value = valueAt(resource, path);
    return isOn(value) && `${path} is ${JSON.stringify(value)}, which logs event data`;
  });

/** Rules for secrets in plain text, and for data in logs. */
export const confidentialRules: RuleEntry[] = [
  {
    id: "secret-plain",
    awsError: "silent: anyone with access to the code, the state or the resource can read the secret",
    cause: "An input contains a credential in plain text.",
    fix: "Store it in Secrets Manager and pass its ARN, or wrap the input in pulumi.secret.",
    link: "https://www.pulumi.com/docs/iac/concepts/secrets/",
    check: eachResource(({ inputs }) =>
      [...textsOf(inputs)].map(({ path, text }) =>
        credentials.filter(({ form }) => form.test(text)).map(({ what }) => `${path} contains ${what} in plain text`),
      ),
    ),
  },
  {
    id: "secret-variable",
    awsError: "silent: anyone with access to the function's configuration can read the secret",
    cause: "A variable with the name of a secret has a value in plain text.",
    fix: "Pass the ARN of a secret, and read the value when the function starts.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    check: each(Type.function, (resource, graph) =>
      Object.entries(fields(valueAt(resource, "environment.variables")))
        .filter(([name, value]) => secretName.test(name) && typeof value === "string" && isKnown(value) && !reference.test(value))
        .filter(([, value]) => graph.findAny(value as string).length === 0)
        .map(([name]) => `the variable ${name} has a value in plain text`),
    ),
  },
  {
    id: "data-in-logs",
    awsError: "silent: the log contains bodies and headers, including signatures and payment data",
    cause: "The setting logs whole requests, records or events.",
    fix: "Switch it off, and log IDs and outcomes instead.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    check: together(
      switchedOn(Type.methodSettings, "settings.dataTraceEnabled", (value) => value === true),
      switchedOn(Type.pipe, "logConfiguration.includeExecutionDatas", (value) => Array.isArray(value) && value.length > 0),
      switchedOn(Type.function, "environment.variables.POWERTOOLS_LOGGER_LOG_EVENT", (value) => /^(true|1)$/i.test(String(value))),
      switchedOn(Type.function, "environment.variables.POWERTOOLS_LOG_LEVEL", (value) => /^(debug|trace)$/i.test(String(value))),
      switchedOn(Type.stage, "accessLogSettings.format", (value) =>
        /\$context\.(requestOverride|authorizer|identity\.(apiKey|cognito))|\$input|\$method/.test(String(value)),
      ),
    ),
  },
];
