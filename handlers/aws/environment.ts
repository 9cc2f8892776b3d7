/** Returns an environment variable. @throws Error with its name, if the infrastructure did not set it */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
