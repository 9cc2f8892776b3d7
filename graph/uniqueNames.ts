import { Type } from "./types";

/** Inputs that are a name of which an account and region has only one, by type. */
export const uniqueNames: Readonly<Record<string, string>> = {
  [Type.bucket]: "bucket",
  [Type.compositeAlarm]: "alarmName",
  [Type.dashboard]: "dashboardName",
  [Type.eventArchive]: "name",
  [Type.eventBus]: "name",
  [Type.eventRule]: "name",
  [Type.logGroup]: "name",
  [Type.metricAlarm]: "name",
  [Type.table]: "name",
  [Type.role]: "name",
  [Type.alias]: "name",
  [Type.function]: "name",
  [Type.pipe]: "name",
  [Type.schedule]: "name",
  [Type.secret]: "name",
  [Type.stateMachine]: "name",
  [Type.topic]: "name",
  [Type.queue]: "name",
};
