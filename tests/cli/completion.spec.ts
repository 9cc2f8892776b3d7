import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { runProgram, temporaryFolder } from "../helpers/script";

/** What a person has typed, up to the cursor, and what must and must not be offered then. */
const typed: [line: string[], offered: string[], absent: string[]][] = [
  [[""], ["start", "events", "stack", "completion"], ["list", "--help"]],
  [["ev"], ["events"], ["start"]],
  [
    ["events", ""],
    ["list", "show", "redrive"],
    ["bootstrap", "events"],
  ],
  [["stack", "sc"], ["scale"], ["secrets"]],
  [["events", "list", "--"], ["--status", "--since", "--json", "--help"], ["--dry-run"]],
  [["completion", ""], ["bash", "zsh", "fish"], ["start"]],
  [["events", "list", "--stack", ""], ["dev", "prod"], ["list"]],
  [["events", "list", "--source", "show", "--j"], ["--json"], ["--payload"]],
  [["stack", "diff", ""], ["base.json"], ["graph"]],
];

/** Prints what bash offers: the words are set as bash does, and COMPREPLY is empty where it falls back to files. */
const bash = (script: string, words: string[]) => `
  source ${script}
  COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  registered=$(complete -p ${words[0]}) || exit
  registered=\${registered##*-F }
  \${registered%% *}
  if ((\${#COMPREPLY[@]} == 0)); then compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"; else printf '%s\\n' "\${COMPREPLY[@]}"; fi`;

/** Prints what zsh offers: the functions of its completion system print what they are given. */
const zsh = (script: string, words: string[]) => `
  compdef() { [[ \${@[2,-1]} == *${words[0]}* ]] && registered=$1; }
  compadd() { [[ $1 == -- ]] && shift; for word in $@; do [[ $word == $PREFIX* ]] && print -r -- $word; done; }
  _describe() { local name; for name in \${(P)@[-1]}; do name=\${name%%:*}; [[ $name == $PREFIX* ]] && print -r -- $name; done; }
  _files() { print -rl -- *(N); }
  source ${script}
  words=(${words.map((word) => `'${word}'`).join(" ")})
  CURRENT=$#words
  PREFIX=$words[-1]
  $registered`;

const fish = (script: string, words: string[]) => `source ${script}; complete -C '${words.join(" ")}' | string replace -r '\\t.*' ''`;

describe("The completion of", () => {
  const at = temporaryFolder();

  for (const [shell, lineOf] of Object.entries({ bash, zsh, fish })) {
    const isHere = spawnSync(shell, ["-c", "true"]).status === 0;
    describe(shell, () => {
      before(async () => {
        const { status, stdout } = await runProgram("completion", shell);
        assert.equal(status, 0);
        for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "base.json"]) writeFileSync(at(file), "");
        writeFileSync(at(shell), stdout);
      });

      if (!isHere)
        it("is printed, with every command (this machine does not have the shell)", async () => {
          const { stdout } = await runProgram("completion", shell);
          for (const name of ["bootstrap", "redrive", "reliability", "json"]) assert.match(stdout, new RegExp(`\\b${name}\\b`));
        });

      if (isHere)
        for (const program of [["webhook-pipeline"], ["npx", "webhook-pipeline"]])
          for (const [line, offered, absent] of typed)
            it(`offers ${offered.join(", ")} after "${[...program, ...line].join(" ")}"`, () => {
              const command = lineOf(at(shell), [...program, ...line]);
              const { stdout, stderr } = spawnSync(shell, ["-c", command], {
                cwd: at(),
                encoding: "utf8",
                env: { ...process.env, HOME: at() },
              });
              const words = stdout.split("\n");
              for (const word of offered) assert.ok(words.includes(word), `${word} is missing in: ${stdout}${stderr}`);
              for (const word of absent) assert.ok(!words.includes(word), `${word} is offered: ${stdout}`);
            });
    });
  }

  it("a shell that is not known is refused", async () => {
    const { status, stderr } = await runProgram("completion", "tcsh");
    assert.equal(status, 2);
    assert.match(stderr, /^shell is "tcsh"\. Allowed: bash, zsh, fish\. See /);
  });
});
