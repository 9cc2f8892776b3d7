import { line, type Line } from "./line";
import { writesOf } from "./model";
import { prices } from "./prices";
import type { StackFacts } from "./stack";
import { estimates, type Question, type Workload } from "./workload";

/**
 * Computes what AWS charges for the least that could do the same with the same services: one request, one put without an index, one
 * execution started by a pipe, two invocations and one published event. Nothing is logged, kept, backed up or marked as processed.
 */
export function floorOf(stack: StackFacts, workload: Workload, { events, bodyBytes, batch }: Question): Line[] {
  const { receive, process } = estimates.milliseconds;
  const gigabyteSeconds = (stack.memoryMb.receive * receive + stack.memoryMb.process * process) / 1_024 / 1_000;
  const executions = events / batch;
  const executionSeconds = Math.ceil(estimates.executionMilliseconds / 100) / 10;
  return [
    line("requests", "API Gateway: requests", prices.apiRequest, events),
    line("functions", "Lambda: requests", prices.lambdaRequest, 2 * events),
    line("functions", "Lambda: duration", prices.lambdaDuration, events * gigabyteSeconds, true),
    line("table", "DynamoDB: writes", prices.tableWrite, events * writesOf(workload, bodyBytes, stack.largestInItem).put.table),
    line("workflow", "Pipes: batches", prices.pipeRequest, executions),
    line("workflow", "Step Functions: executions", prices.expressRequest, executions),
    line("workflow", "Step Functions: duration", prices.expressDuration, executions * executionSeconds * 0.064, true),
    line("events", "EventBridge: events", prices.busEvent, events),
  ];
}
