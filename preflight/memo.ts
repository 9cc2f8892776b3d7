interface Store<Key, Value> {
  has(key: Key): boolean;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

/** Returns a function that works out each answer once: what takes long and is asked of the same text by each preflight of a process. */
export const memoized = <Key, Value>(find: (key: Key) => Value) => remembering(find, new Map<Key, Value>());

/** Returns the same for what is asked of an object, and forgotten with it. */
export const memoizedFor = <Key extends object, Value>(find: (key: Key) => Value) => remembering(find, new WeakMap<Key, Value>());

function remembering<Key, Value>(find: (key: Key) => Value, known: Store<Key, Value>): (key: Key) => Value {
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key)!;
  };
}
