import * as assert from "node:assert/strict";
import { requestWithoutBody } from "../../../handlers/request/request";
import { apiEvent } from "../../../testbed/handlers";

describe("The query of a request", () => {
  const request = (changes: object) => requestWithoutBody(apiEvent("acme", "", {}, changes));

  it("has each value of a repeated parameter in `parameters`, and the last in `query`", () => {
    const { query, parameters } = request({
      queryStringParameters: { a: "2", b: "3" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["3"], c: null },
    });
    assert.deepEqual(query, { a: "2", b: "3" });
    assert.deepEqual(parameters, [
      ["a", "1"],
      ["a", "2"],
      ["b", "3"],
    ]);
  });

  it("is read even if API Gateway passes only single values, or none", () => {
    assert.deepEqual(request({ queryStringParameters: { a: "1", b: undefined } }).parameters, [
      ["a", "1"],
      ["b", ""],
    ]);
    assert.deepEqual(request({ queryStringParameters: null, multiValueQueryStringParameters: null }).parameters, []);
  });
});
