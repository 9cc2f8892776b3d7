interface Store<Key, Value> {
  has(key: Key): boolean;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

/** Caches a function's result for each key, for slow computations that every preflight of a process repeats. */
export const memoized = <Key, Value>(find: (key: Key) => Value) => remembering(find, new Map<Key, Value>());

/** Caches a function's result for each object, as long as the object lives. */
export const memoizedFor = <Key extends object, Value>(find: (key: Key) => Value) => remembering(find, new WeakMap<Key, Value>());

function remembering<Key, Value>(find: (key: Key) => Value, known: Store<Key, Value>): (key: Key) => Value {
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key)!;
  };
}
