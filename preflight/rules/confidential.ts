import { Type } from "../../graph/types";
import { each, eachResource, together } from "../check";
import { fields, isKnown, valueAt } from "../graph";
import type { RuleEntry } from "../rule";
import { textsOf } from "../texts";

/** What a credential looks like, by who gives it out. */
const credentials: { what: string; form: RegExp }[] = [
  { what: "an AWS access key", form: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: "a Stripe key or signing secret", form: /\b(whsec_[A-Za-z0-9+/=]{16,}|[sr]k_(live|test)_[A-Za-z0-9]{16,})/ },
  { what: "a GitHub token", form: /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/ },
  { what: "a Slack token", form: /\bxox[abposr]-[A-Za-z0-9-]{10,}/ },
  { what: "a Square token", form: /\b(EAAA[\w-]{40,}|sq0csp-[\w-]{40,})/ },
  { what: "a private key", form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: "a password in an address", form: /\b[a-z][\w+.-]*:\/\/[^/\s:@${}]+:[^/\s:@${}]{3,}@/i },
];

/** Names under which people put secrets. What says where one is, or of what kind, is none. */
const secretName = /(^|_)(secret|password|passwd|pwd|token|api_?key|private_?key|credentials?|signing_?key|access_?key)$/i;
const reference = /^(arn:|alias\/|https?:\/\/|\/[\w/.-]+$|\{\{resolve:|\$\{)|^(true|false|\d+)?$/;

const switchedOn = (type: string, path: string, isOn: (value: unknown) => boolean) =>
  each(type, (resource) => {
    const value = valueAt(resource, path);
    return isOn(value) && `${path} is ${JSON.stringify(value)}`;
  });

/** Rules over what must not be written down, or not be logged. */
export const confidentialRules: RuleEntry[] = [
  {
    id: "secret-plain",
    awsError: "silent: whoever may read the code, the state or the resource has the secret",
    cause: "A credential is written into an input in clear text.",
    fix: "Put it into Secrets Manager and give the resource its ARN; mark what must be an input with pulumi.secret.",
    link: "https://www.pulumi.com/docs/iac/concepts/secrets/",
    check: eachResource(({ inputs }) =>
      [...textsOf(inputs)].map(({ path, text }) =>
        credentials.filter(({ form }) => form.test(text)).map(({ what }) => `${path} has ${what}`),
      ),
    ),
  },
  {
    id: "secret-variable",
    awsError: "silent: whoever may read the function's configuration has the secret",
    cause: "A variable whose name says that it is a secret has a value in clear text.",
    fix: "Give the function the ARN of a secret, and let it read the value when it starts.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    check: each(Type.function, (resource, graph) =>
      Object.entries(fields(valueAt(resource, "environment.variables")))
        .filter(([name, value]) => secretName.test(name) && typeof value === "string" && isKnown(value) && !reference.test(value))
        .filter(([, value]) => graph.findAny(value as string).length === 0)
        .map(([name]) => `the variable ${name} has a plain value`),
    ),
  },
  {
    id: "data-in-logs",
    awsError: "silent: bodies and headers, signatures and payment data among them, are in the log",
    cause: "What logs whole requests, records or events is switched on.",
    fix: "Switch it off; log ids and outcomes instead.",
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
