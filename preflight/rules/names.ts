import { Type } from "../graph/types";
import { each } from "../check";
import { valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** The form that AWS requires of a name. */
interface NameForm {
  id: string;
  type: string;
  /** Input with the name; `name` by default. */
  input?: string;
  pattern: RegExp;
  /** The pattern in words: "AWS allows …". */
  form: string;
  awsError: string;
  link: string;
}

const tooLong = (member: string, most: number, code = "ValidationException") =>
  `${code}: 1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`;

export const forms: NameForm[] = [
  {
    id: "lambda-name",
    type: Type.function,
    pattern: /^[\w-]{1,64}$/,
    form: "1 to 64 letters, digits, hyphens and underscores",
    awsError: tooLong("functionName", 64),
    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
  },
  {
    id: "role-name",
    type: Type.role,
    pattern: /^[\w+=,.@-]{1,64}$/,
    form: "1 to 64 letters, digits and _+=,.@-",
    awsError: tooLong("roleName", 64, "ValidationError"),
    link: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
  },
  {
    id: "sqs-name",
    type: Type.queue,
    pattern: /^([\w-]{1,80}|[\w-]{1,75}\.fifo)$/,
    form: "1 to 80 letters, digits, hyphens and underscores; a FIFO queue's name ends with .fifo",
    awsError: "InvalidParameterValue: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
  },
  {
    id: "table-name",
    type: Type.table,
    pattern: /^[\w.-]{3,255}$/,
    form: "3 to 255 letters, digits and _.-",
    awsError: "ValidationException: TableName must be at least 3 characters long and at most 255 characters long",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
  },
  {
    id: "state-machine-name",
    type: Type.stateMachine,
    pattern: /^[\w-]{1,80}$/,
    form: "1 to 80 letters, digits, hyphens and underscores (Step Functions accepts others, but CloudWatch does not)",
    awsError: "InvalidName: Invalid Name",
    link: "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html",
  },
  {
    id: "pipe-name",
    type: Type.pipe,
    pattern: /^[\w.-]{1,64}$/,
    form: "1 to 64 letters, digits and _.-",
    awsError: tooLong("name", 64),
    link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html",
  },
  {
    id: "event-bus-name",
    type: Type.eventBus,
    pattern: /^(?!default$)[\w./-]{1,256}$/,
    form: "1 to 256 letters, digits and _./-, except default, which every account has",
    awsError: tooLong("name", 256),
    link: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html",
  },
  {
    id: "topic-name",
    type: Type.topic,
    pattern: /^([\w-]{1,256}|[\w-]{1,251}\.fifo)$/,
    form: "1 to 256 letters, digits, hyphens and underscores; a FIFO topic's name ends with .fifo",
    awsError: "InvalidParameterException: Invalid parameter: Topic Name",
    link: "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
  },
  {
    id: "log-group-name",
    type: Type.logGroup,
    pattern: /^(?!aws\/)[\w./#-]{1,512}$/,
    form: "1 to 512 letters, digits and _./#-, not beginning with aws/",
    awsError: "InvalidParameterException: 1 validation error detected: Value at 'logGroupName' failed to satisfy constraint",
    link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  },
  {
    id: "alias-name",
    type: Type.alias,
    pattern: /^alias\/(?!aws\/)[\w/-]{1,250}$/,
    form: "alias/ and 1 to 250 letters, digits and _/-; alias/aws/ is reserved for AWS",
    awsError: "ValidationException: 1 validation error detected: Value at 'aliasName' failed to satisfy constraint",
    link: "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
  },
  {
    id: "secret-name",
    type: Type.secret,
    pattern: /^[\w/+=.@-]{1,512}$/,
    form: "1 to 512 letters, digits and _/+=.@-",
    awsError:
      "ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    link: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
  },
  {
    id: "stage-name",
    type: Type.stage,
    input: "stageName",
    pattern: /^[\w-]{1,128}$/,
    form: "1 to 128 letters, digits, hyphens and underscores",
    awsError: "BadRequestException: Stage name only allows a-zA-Z0-9_",
    link: "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html",
  },
  {
    id: "dashboard-name",
    type: Type.dashboard,
    input: "dashboardName",
    pattern: /^[\w-]{1,255}$/,
    form: "1 to 255 letters, digits, hyphens and underscores",
    awsError:
      "InvalidParameterValue: The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
  },
  {
    id: "web-acl-name",
    type: Type.webAcl,
    pattern: /^[\w-]{1,128}$/,
    form: "1 to 128 letters, digits, hyphens and underscores",
    awsError: "WAFInvalidParameterException: Error reason: Your request contains fields that aren't valid, field: NAME",
    link: "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html",
  },
];

/** One rule for each form. Generated names and names that are known only after deployment pass. */
export const nameRules: RuleEntry[] = forms.map(({ id, type, input = "name", pattern, form, awsError, link }) => ({
  id,
  awsError,
  cause: `AWS does not allow this ${input}.`,
  fix: `Set ${input} to ${form}.`,
  link,
  check: each(type, (resource) => {
    const name = valueAt(resource, input);
    const wrong = typeof name === "string" && !name.startsWith("[") && !pattern.test(name);
    return wrong && `${input} is "${name}" (${name.length} characters). AWS allows ${form}`;
  }),
}));
