import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import { Table, type Change, type TableCall } from "../matrix/eventsTable";
import { ServiceError } from "../matrix/services";

/** A command of DynamoDB's client. */
export interface Command {
  constructor: { name: string };
  input: object;
}

/** The table of deliveries in memory. It answers the commands of the function's client. */
export class DeliveriesTable {
  readonly table: Table;

  constructor(onChange: (change: Change) => void = () => {}, key: string = DeliveryAttribute.id) {
    this.table = new Table(key, onChange, [undeliveredIndex]);
  }

  /** Answers a command. @throws ConditionalCheckFailedException */
  answer({ constructor: { name }, input }: Command): object {
    const call = input as TableCall;
    try {
      switch (name) {
        case "GetItemCommand":
          return this.table.get(call);
        case "PutItemCommand":
          return this.table.put(call);
        case "UpdateItemCommand":
          return this.table.update(call);
        case "QueryCommand":
          return this.table.query(call);
        default:
          throw new Error(`The table of deliveries does not know ${name}.`);
      }
    } catch (error) {
      if (error instanceof ServiceError) throw new ConditionalCheckFailedException({ message: error.message, $metadata: {} });
      throw error;
    }
  }
}
