import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

describe("Whatever listens", () => {
  it("does so on the loopback interface alone", () => {
    const files = execFileSync("git", ["ls-files", "*.ts", "*.mjs"], { encoding: "utf8" }).split("\n").filter(Boolean);
    const listening = files.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /\.listen\(|\.bindAsync\(/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    assert.ok(listening.length > 3);
    for (const one of listening) assert.match(one, /127\.0\.0\.1|loopback/);
  });
});
