import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pipelinePlot, ratiosPlot } from "../../../tools/bench/plots";
import type { Figure } from "../../../tools/bench/samples";
import { costPlot, merged } from "../../../tools/cost/plot";

interface Box {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}
type Point = readonly [x: number, y: number];

const width = 760;
/** Width of a character in ems: more than the usual sans-serif fonts have on average. */
const characterWidth = 0.58;

const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

/** Reads where each text stands, with an estimated width. */
function textsOf(svg: string): Box[] {
  return [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)].map(([, tag, text]) => {
    const [, x, y] = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(tag)!.map(Number);
    const size = Number(/font-size:([\d.]+)px/.exec(tag)![1]);
    const across = text.length * size * characterWidth;
    const middleX = x + Number(attribute(tag, "x") ?? 0);
    const middleY = y + Number(attribute(tag, "y") ?? 0);
    const left = middleX - { start: 0, middle: across / 2, end: across }[attribute(tag, "text-anchor") ?? "start"]!;
    return { text, left, right: left + across, top: middleY - size * 0.45, bottom: middleY + size * 0.45 };
  });
}

/** Reads the points of each curve: paths that are neither grid nor axis. */
function curvesOf(svg: string): Point[][] {
  const paths = [...svg.matchAll(/<path([^>]*)>/g)].map(([, tag]) => tag);
  return paths
    .filter(
      (tag) => attribute(tag, "fill") === "none" && !/#dbdee4|#54555a/.test(attribute(tag, "stroke") ?? "") && !tag.includes("transform"),
    )
    .map((tag) => [...attribute(tag, "d")!.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const));
}

/** Tells whether a curve runs through a box, looking at points a pixel apart. */
function runsThrough(curve: readonly Point[], box: Box): boolean {
  return curve.slice(1).some(([x, y], index) => {
    const [fromX, fromY] = curve[index];
    const steps = Math.ceil(Math.hypot(x - fromX, y - fromY));
    return Array.from({ length: steps + 1 }, (_, step) => [
      fromX + ((x - fromX) * step) / steps,
      fromY + ((y - fromY) * step) / steps,
    ]).some(([atX, atY]) => atX > box.left && atX < box.right && atY > box.top && atY < box.bottom);
  });
}

function assertLegible(svg: string): void {
  const texts = textsOf(svg);
  assert.ok(texts.length > 5);
  for (const [index, one] of texts.entries()) {
    assert.ok(one.left >= -1 && one.right <= width + 1, `"${one.text}" leaves the picture`);
    for (const other of texts.slice(index + 1)) {
      const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
      assert.ok(apart, `"${one.text}" overprints "${other.text}"`);
    }
    for (const curve of curvesOf(svg)) assert.ok(!runsThrough(curve, one), `a curve runs through "${one.text}"`);
  }
}

describe("The plots", () => {
  for (const name of ["cost", "scale", "performance.ratios", "performance.pipeline"])
    it(`have no label on another label, on a curve or outside the picture: docs/${name}.svg`, () =>
      assertLegible(readFileSync(`docs/${name}.svg`, "utf8")));

  it("keep names of lines apart that end close together", () => {
    const times = { "acknowledged-p50": 900, "acknowledged-p99": 5_000, "processed-p50": 5_100, "processed-p99": 5_200 };
    const figures = [1, 8].flatMap((clients): Figure[] => [
      { id: `pipeline-rate-${clients}`, what: "", value: 1, unit: "events/s" },
      ...Object.entries(times).map(([id, value]): Figure => ({ id: `pipeline-${id}-${clients}`, what: "", value, unit: "ms" })),
    ]);
    assertLegible(pipelinePlot(figures)!);
  });

  it("show a ratio beside its bound, however close they are", () => {
    const ratio = (what: string, value: number): Figure => ({ id: what, what, value, unit: "×", bound: 1.5 });
    const svg = ratiosPlot([ratio("just below", 1.49), ratio("above", 1.7)]);
    assertLegible(svg);
    assert.match(svg, />1\.49 × \(bound 1\.5 ×\)</);
  });

  it("name coinciding lines together, and say so", () => {
    const curve = (dollars: number) => [1e4, 1e7, 1e10].map((events) => [events, dollars * events] as const);
    const svg = costPlot({ one: curve(1), same: curve(1.05), other: curve(30) });
    assert.match(svg, />\(lines coincide\)</);
    assert.deepEqual(
      merged({ one: curve(1), same: curve(1.05), other: curve(30) }).map(({ names }) => names),
      [["one", "same"], ["other"]],
    );
  });
});
