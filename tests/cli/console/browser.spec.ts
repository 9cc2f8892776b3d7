import * as assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Command } from "../../helpers/commands";
import { eventually } from "../../helpers/eventually";
import { temporaryFolder } from "../../helpers/script";

const url = "http://127.0.0.1:4567/#token=dGhlLXRva2Vu";
/** Opens the address, and stays until a signal, as the console does. */
const program = `
  require("./cli/console/browser").openInBrowser(process.env.OPENED_URL);
  setInterval(() => undefined, 1_000);
`;

describe("The browser", function () {
  if (process.platform === "win32") return;
  const at = temporaryFolder();
  before(() => {
    for (const folder of ["openers", "nothing", "temporary"]) mkdirSync(at(folder));
    // It says what it was given, and who may read that.
    const opener = '#!/bin/sh\n{ printf \'%s\\n\' "$@"; } > "$OPENED.part" && mv "$OPENED.part" "$OPENED"\n';
    for (const name of ["xdg-open", "open"]) {
      writeFileSync(at("openers", name), opener);
      chmodSync(at("openers", name), 0o755);
    }
  });

  let running: Command;
  afterEach(() => void running.child.kill("SIGKILL"));
  const open = (PATH: string) =>
    (running = new Command(process.execPath, ["-r", "ts-node/register", "-e", program], {
      PATH,
      OPENED_URL: url,
      OPENED: at("opened"),
      TMPDIR: at("temporary"),
    }));
  /** Folders that it has made; a compiler's cache is there, too. */
  const folders = () => readdirSync(at("temporary")).filter((name) => name.startsWith("webhook-console-"));
  const end = async (command: Command) => {
    command.child.kill("SIGTERM");
    assert.equal((await command.ended).code, 130);
  };

  it("gets a file for its owner alone that leads to the address, which is in no command line, and goes at the end", async () => {
    const command = open(`${at("openers")}${path.delimiter}${process.env.PATH}`);
    const opened = await eventually("the opener", async () => (existsSync(at("opened")) ? readFileSync(at("opened"), "utf8") : undefined));
    assert.equal(folders().length, 1);
    const [file, ...more] = opened.trimEnd().split("\n");
    assert.deepEqual([more, path.dirname(path.dirname(file))], [[], at("temporary")]);
    assert.doesNotMatch(opened, /token|127\.0\.0\.1/);
    assert.deepEqual([statSync(file).mode & 0o777, statSync(path.dirname(file)).mode & 0o777], [0o600, 0o700]);
    const html = readFileSync(file, "utf8");
    assert.match(html, new RegExp(`<meta http-equiv="refresh" content="0;url=${url}">`));
    assert.match(html, new RegExp(`<a href="${url}">`));
    await end(command);
    assert.deepEqual(folders(), []);
    assert.equal(command.printedErrors, "");
  });

  it("that is not there is told, without the address, and nothing is left", async () => {
    const command = open(at("nothing"));
    await eventually("the sentence", async () => command.printedErrors || undefined);
    await end(command);
    assert.match(command.printedErrors, /^No browser was found \((xdg-)?open\)\. Open the address yourself\.\n$/);
    assert.deepEqual(folders(), []);
  });
});
