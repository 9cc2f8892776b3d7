// Answers like DynamoDB and Secrets Manager at once, in its own process, so that its CPU time does not count.
import { createServer } from "node:http";

const secret = JSON.stringify({ SecretString: JSON.stringify({ secret: process.argv[2] }) });

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const body = request.headers["x-amz-target"]?.startsWith("secretsmanager") ? secret : "{}";
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": body.length }).end(body);
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit());
