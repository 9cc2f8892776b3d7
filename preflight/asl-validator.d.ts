/** Types of the part of asl-validator that the rules use. The package ships none. */
declare module "asl-validator" {
  function validate(definition: object): { isValid: boolean; errorsText: (separator: string) => string };
  export = validate;
}
