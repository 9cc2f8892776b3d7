import { Type } from "../../../graph/types";
import { bucketRules } from "../../../policy/rules/buckets";
import { own, specifyRules } from "../patient";

const rule = (settings: object, ...also: string[]) =>
  own(
    (patient) => {
      const lifecycle = patient.one(Type.bucketLifecycle);
      Object.assign((lifecycle.inputs.rules as object[])[0], settings);
      return lifecycle;
    },
    ...also,
  );

describe("Rules over buckets", () =>
  specifyRules(bucketRules, {
    "bucket-lifecycle-days": [
      rule({ expiration: { days: 0 } }, "promise-bucket"),
      rule({ expiration: { days: 1.5 } }),
      rule({ noncurrentVersionExpiration: { noncurrentDays: 0 } }),
      rule({ abortIncompleteMultipartUpload: { daysAfterInitiation: 0 } }),
    ],
  }));
