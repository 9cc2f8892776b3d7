import { Type } from "../../graph/types";
import type { Rule } from "../rule";
import { every, promise } from "./project";

/** Promises of roles. */
export const roleRules: Rule[] = [
  promise(
    {
      id: "project-boundary",
      awsError:
        "AccessDenied: User is not authorized to perform: iam:CreateRole, because no identity-based policy allows the iam:CreateRole action",
      cause: "A role has no permissions boundary, or another one than the rest; a deployment by GitHub Actions makes bounded roles alone.",
      fix: "Make roles with createRole of components/lib/role.ts.",
      link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    },
    (graph) => {
      const boundaries = new Set(graph.all(Type.role).map(({ inputs }) => inputs.permissionsBoundary));
      const [first] = [...boundaries].filter((boundary) => boundary !== undefined);
      return every(
        graph,
        Type.role,
        ({ inputs }) =>
          boundaries.size > 1 &&
          inputs.permissionsBoundary !== first &&
          `its boundary is ${String(inputs.permissionsBoundary ?? "none")}, that of others ${String(first)}`,
      );
    },
  ),
];
