// Loads one module as a new container does, and prints the milliseconds.
const started = performance.now();
const { handler } = await import(process.argv[2]);
if (typeof handler !== "function") throw new Error(`${process.argv[2]} has no handler`);
console.log(performance.now() - started);
