import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { Type } from "../../../preflight/graph/types";
import type { Cloud } from "./cloud";
import { plain } from "./values";

/** Prints the stand-in's response, or fails as AWS's own tool does. */
const script = (port: number) => `#!/usr/bin/env node
fetch("http://127.0.0.1:${port}", { method: "POST", body: JSON.stringify(process.argv.slice(2)) }).then(async (response) => {
  (response.ok ? process.stdout : process.stderr).write(await response.text() + "\\n");
  process.exitCode = response.ok ? 0 : 254;
});
`;

type Options = Readonly<Record<string, string>>;
/** Known calls with their required options. Others are refused, because the response would differ from AWS's. */
const calls: Record<string, { fixed: Options; answer(cloud: Cloud, options: Options): string }> = {
  "iam list-entities-for-policy": {
    fixed: { "policy-usage-filter": "PermissionsBoundary", query: "PolicyRoles[].RoleName", output: "text" },
    answer(cloud, { "policy-arn": arn }) {
      if (!cloud.find(Type.iamPolicy, arn)) throw new Error(`NoSuchEntity: Policy ${arn} does not exist or is not attachable.`);
      const bounded = cloud.all(Type.role).filter(({ inputs }) => plain(inputs.permissionsBoundary) === arn);
      return bounded.map(({ id }) => id).join("\t");
    },
  },
  "iam delete-role-permissions-boundary": {
    fixed: {},
    answer(cloud, { "role-name": name }) {
      const role = cloud.find(Type.role, name);
      if (!role) throw new Error(`NoSuchEntity: The role with name ${name} cannot be found.`);
      const inputs = { ...role.inputs };
      delete inputs.permissionsBoundary;
      cloud.update(Type.role, name, name, inputs);
      return "";
    },
  },
};

function answer(cloud: Cloud, [service, operation, ...rest]: string[]): string {
  const options = Object.fromEntries(rest.flatMap((word, at) => (word.startsWith("--") ? [[word.slice(2), rest[at + 1]]] : [])));
  const call = calls[`${service} ${operation}`];
  if (!call || Object.entries(call.fixed).some(([name, value]) => options[name] !== value))
    throw new Error(`The stand-in does not know aws ${[service, operation, ...rest].join(" ")}`);
  return call.answer(cloud, options);
}

/** An `aws` command for the calls in docs/deploy.md that concern the stand-in's resources. */
export interface IamCli {
  /** Folder to put first in PATH. */
  folder: string;
  stop(): void;
}

/** Creates the command. @param within parent of its folder */
export async function startIamCli(cloud: Cloud, within: string): Promise<IamCli> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      try {
        response.end(answer(cloud, JSON.parse(body) as string[]));
      } catch (error) {
        response.writeHead(400).end((error as Error).message);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = path.join(within, "bin");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "aws"), script((server.address() as AddressInfo).port), { mode: 0o755 });
  return { folder, stop: () => server.close() };
}
