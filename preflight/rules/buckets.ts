import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, type Problems } from "../check";
import { fields, list } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Parts of a lifecycle rule that require at least one day. A transition can have none. */
const endings = ["expiration", "noncurrentVersionExpiration", "abortIncompleteMultipartUpload"];
/** Inputs with a number of days. A bucket's own rules have the last one outside of any part. */
const dayInputs = ["days", "noncurrentDays", "daysAfterInitiation", "abortIncompleteMultipartUploadDays"];

/** Inputs that list lifecycle rules, by type. In a BucketV2, each part of a rule is a list. */
const lifecycles: Readonly<Record<string, string>> = {
  [Type.bucket]: "lifecycleRules",
  [Type.bucketV2]: "lifecycleRules",
  [Type.bucketLifecycle]: "rules",
  [Type.bucketLifecycleV2]: "rules",
};

const dayProblems = ({ type, inputs }: GraphResource) =>
  list(inputs[lifecycles[type]]).map((rule, index) => daysOf(fields(rule), `${lifecycles[type]}[${index}]`));

/** Lists the numbers of days in a rule that S3 refuses. */
function daysOf(rule: Record<string, unknown>, place: string): Problems {
  const parts = endings.flatMap((ending) =>
    [rule[ending], rule[`${ending}s`]].flat().map((part) => ({ where: `${place}.${ending}`, part: fields(part) })),
  );
  return [{ where: place, part: rule }, ...parts].flatMap(({ where, part }) =>
    dayInputs.flatMap((input) => {
      const days = part[input];
      const wrong = typeof days === "number" && (days < 1 || !Number.isInteger(days));
      return wrong && `${where}.${input} is ${days}. AWS allows whole numbers from 1`;
    }),
  );
}

/** Rules for buckets. */
export const bucketRules: RuleEntry[] = [
  {
    id: "bucket-lifecycle-days",
    awsError: "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    cause: "S3 counts expiry in whole days, and requires at least one.",
    fix: "Set a whole number of days, at least 1.",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html",
    check: each(Object.keys(lifecycles), dayProblems),
  },
];
