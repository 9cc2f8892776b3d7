import * as assert from "node:assert/strict";
import * as client from "@aws-sdk/client-s3";
import * as s3 from "../../../handlers/payload/s3";

describe("What the functions use of S3's client", () => {
  it("is the client's own: what handlers/payload/bucket.ts loads with the first large body", () => {
    assert.deepEqual(Object.keys(s3).sort(), ["GetObjectCommand", "PutObjectCommand", "S3Client"]);
    for (const [name, value] of Object.entries(s3)) assert.equal(value, client[name as keyof typeof client], name);
  });
});
