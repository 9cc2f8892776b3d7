import { build, stop } from "esbuild";
import * as path from "node:path";

/** What a browser loads. */
export interface Page {
  html: string;
  script: string;
  style: string;
}

const folder = path.join(__dirname, "..", "..", "console");

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Webhook pipeline</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/app.css">
<script type="module" src="/app.js"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript.</noscript></body>
</html>
`;

/** Bundles the page into memory. @throws Error with esbuild's message if it does not compile */
export async function bundlePage(): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: ["main.tsx", "page.css"].map((file) => ({ in: path.join(folder, file), out: "app" })),
    outdir: folder,
    write: false,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
  });
  // Otherwise its process stays as long as this one.
  await stop();
  const textOf = (end: string) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
  return { html, script: textOf(".js"), style: textOf(".css") };
}
