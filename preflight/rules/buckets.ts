import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, type Problems } from "../check";
import { fields, list } from "../graph";
import type { RuleEntry } from "../rule";

/** Parts of a lifecycle's rule that S3 takes from one day on; a transition may be at once. */
const endings = ["expiration", "noncurrentVersionExpiration", "abortIncompleteMultipartUpload"];
/** A bucket's own rules say the last of these without a part around it. */
const dayInputs = ["days", "noncurrentDays", "daysAfterInitiation", "abortIncompleteMultipartUploadDays"];

/** Where lifecycles are, by type, and the input that lists their rules; of a BucketV2, each part of a rule is a list. */
const lifecycles: Readonly<Record<string, string>> = {
  [Type.bucket]: "lifecycleRules",
  [Type.bucketV2]: "lifecycleRules",
  [Type.bucketLifecycle]: "rules",
  [Type.bucketLifecycleV2]: "rules",
};

const dayProblems = ({ type, inputs }: GraphResource) =>
  list(inputs[lifecycles[type]]).map((rule, index) => daysOf(fields(rule), `${lifecycles[type]}[${index}]`));

/** Says which days of a rule S3 does not take. */
function daysOf(rule: Record<string, unknown>, place: string): Problems {
  const parts = endings.flatMap((ending) =>
    [rule[ending], rule[`${ending}s`]].flat().map((part) => ({ where: `${place}.${ending}`, part: fields(part) })),
  );
  return [{ where: place, part: rule }, ...parts].flatMap(({ where, part }) =>
    dayInputs.flatMap((input) => {
      const days = part[input];
      const wrong = typeof days === "number" && (days < 1 || !Number.isInteger(days));
      return wrong && `${where}.${input} is ${days}`;
    }),
  );
}

/** Rules over buckets. */
export const bucketRules: RuleEntry[] = [
  {
    id: "bucket-lifecycle-days",
    awsError: "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    cause: "Something expires after no day, or after a part of one.",
    fix: "Set it to at least 1.",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html",
    check: each(Object.keys(lifecycles), dayProblems),
  },
];
