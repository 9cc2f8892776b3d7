/** The local AWS speaks plain HTTP on the loopback interface: what refuses that is left out; `undefined` if nothing else is said. */
export function forPlainHttp(policy: string): string | undefined {
  const document = JSON.parse(policy) as { Statement: { Condition?: { Bool?: object } }[] };
  const Statement = document.Statement.filter(({ Condition }) => !(Condition?.Bool && "aws:SecureTransport" in Condition.Bool));
  return Statement.length > 0 ? JSON.stringify({ ...document, Statement }) : undefined;
}
