import * as assert from "node:assert/strict";
import { freshSample } from "../../local/samples";
import { postUntilAnswered } from "../../testbed/postUntilAnswered";
import { startedEndpoint } from "../helpers/endpoint";
import { freePort } from "../helpers/freePort";
import { pipelineAt } from "../helpers/pipelineAt";

describe("Posting until there is an answer", () => {
  const endpoint = startedEndpoint();
  const postTo = async (url: string) => postUntilAnswered(await pipelineAt(url), "stripe", freshSample("stripe"));
  const inVain = { message: /^The local AWS answered none of 5 tries in time, / };

  it("goes on after a 503, and returns any other answer", async () => {
    endpoint.answer = () => (endpoint.received.length < 3 ? 503 : 400);
    assert.equal((await postTo(endpoint.url)).status, 400);
    assert.equal(endpoint.received.length, 3);
  });

  it("ends after five tries, also if nobody accepts a connection", async () => {
    endpoint.answer = () => 503;
    await assert.rejects(postTo(endpoint.url), inVain);
    assert.equal(endpoint.received.length, 5);
    await assert.rejects(postTo(`http://127.0.0.1:${await freePort()}/`), inVain);
  });
});
