import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each } from "../check";
import { fields, list } from "../graph";
import type { Rule } from "../rule";

/** Days of a rule that S3 takes from one on; a transition may be at once. */
const fromOne: readonly (readonly [input: string, key: string])[] = [
  ["expiration", "days"],
  ["noncurrentVersionExpiration", "noncurrentDays"],
  ["abortIncompleteMultipartUpload", "daysAfterInitiation"],
];

function dayProblems({ inputs }: GraphResource): string[] {
  return list(inputs.rules).flatMap((rule, index) =>
    fromOne.flatMap(([input, key]) => {
      const days = fields(fields(rule)[input])[key];
      const wrong = typeof days === "number" && (days < 1 || !Number.isInteger(days));
      return wrong ? [`rules[${index}].${input}.${key} is ${days}`] : [];
    }),
  );
}

/** Rules over buckets. */
export const bucketRules: Rule[] = [
  {
    id: "bucket-lifecycle-days",
    severity: "error",
    answer: "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    cause: "Something expires after no day, or after a part of one.",
    fix: "Set it to at least 1.",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html",
    check: (graph) => each(graph, Type.bucketLifecycle, dayProblems),
  },
];
