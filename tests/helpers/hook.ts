import { h, render, type ComponentChild } from "preact";
import { act } from "preact/test-utils";

/** A hook of the page that runs outside of a browser. */
export interface RunningHook<Result> {
  /** What it returned the last time. */
  readonly result: Result;
  /** Does something, and everything that follows from it. */
  act(change: () => void): void;
}

/**
 * Runs a hook in a component that shows nothing, so that no document is needed.
 * @param wrap puts contexts around the component
 */
export function runHook<Result>(
  hook: () => Result,
  wrap: (inner: ComponentChild) => ComponentChild = (inner) => inner,
): RunningHook<Result> {
  let result!: Result;
  function Component() {
    result = hook();
    return null;
  }
  const parent = { childNodes: [], firstChild: null } as unknown as HTMLElement;
  void act(() => render(wrap(h(Component, null)), parent));
  return {
    get result() {
      return result;
    },
    act: (change) => void act(change),
  };
}
