/** A package's name as PEP 503 has it: `Ruamel.YAML` and `ruamel_yaml` are `ruamel-yaml`. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** Whether this can be a package's name at all (PEP 508). */
export function isPackageName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name);
}
