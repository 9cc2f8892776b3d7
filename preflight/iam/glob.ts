/** Returns whether any text matches both patterns with `*` and `?`, such as an ARN with wildcards and the form of a resource's ARN. */
export function overlap(one: string, other: string): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * (other.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const result = step(i, j);
    known.set(key, result);
    return result;
  };
  const step = (i: number, j: number): boolean => {
    if (i === one.length && j === other.length) return true;
    if (one[i] === "*" && (from(i + 1, j) || (j < other.length && from(i, j + 1)))) return true;
    if (other[j] === "*" && (from(i, j + 1) || (i < one.length && from(i + 1, j)))) return true;
    if (i === one.length || j === other.length || one[i] === "*" || other[j] === "*") return false;
    return (one[i] === other[j] || one[i] === "?" || other[j] === "?") && from(i + 1, j + 1);
  };
  return from(0, 0);
}
