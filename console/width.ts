import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/**
 * Returns a reference for an element, and its width in pixels: a picture drawn at that width keeps the size of its text.
 * @param usual is returned until the element is there
 */
export function useWidth<Shown extends Element>(usual: number): [RefObject<Shown | null>, number] {
  const element = useRef<Shown>(null);
  const [width, setWidth] = useState(usual);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(element.current!.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
