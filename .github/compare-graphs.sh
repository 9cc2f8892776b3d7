#!/usr/bin/env bash
# Compares each stack's resource graph of this commit with that of the given commit. Writes the comparison to the step's output
# "comparison" and to the job's summary.
set -euo pipefail

base="$RUNNER_TEMP/base"
git worktree add --detach "$base" "$1"
npm ci --prefix "$base"

for file in Pulumi.*.yaml; do
  stack=${file#Pulumi.}
  stack=${stack%.yaml}
  npx webhook-pipeline stack graph --stack "$stack" > "$RUNNER_TEMP/head.json"
  if [ -f "$base/$file" ]; then
    (cd "$base" && npx webhook-pipeline stack graph --stack "$stack") > "$RUNNER_TEMP/base.json"
  else
    echo '[]' > "$RUNNER_TEMP/base.json"
  fi
  npx webhook-pipeline stack diff "$RUNNER_TEMP/base.json" "$RUNNER_TEMP/head.json" --title "$stack"
done > "$RUNNER_TEMP/comparison.md"

cat "$RUNNER_TEMP/comparison.md" >> "$GITHUB_STEP_SUMMARY"
end="end-$RANDOM$RANDOM"
{ echo "comparison<<$end"; cat "$RUNNER_TEMP/comparison.md"; echo "$end"; } >> "$GITHUB_OUTPUT"
