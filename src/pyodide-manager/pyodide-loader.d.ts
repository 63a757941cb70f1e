declare module "pyodide/pyodide.mjs" {
  const text: string;
  export default text;
}
