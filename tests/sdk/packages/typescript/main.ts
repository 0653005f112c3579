export * from "./readout/index.ts";
export { client } from "./readout/client.gen.ts";
