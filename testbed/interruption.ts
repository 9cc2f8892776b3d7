/** What a run that is cut short leaves behind is nobody's: neither a process nor a folder of a test outlives it. */
export { onInterruption } from "../cli/lib/interruption";
