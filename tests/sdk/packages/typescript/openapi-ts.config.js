export default {
  input: process.env.DESCRIPTION,
  output: { path: "readout", module: { extension: ".ts" } },
};
