// Leads every TLS connection of this process to the recorder: node's own fetch knows no proxies.
import tls from "node:tls";

const connect = tls.connect;
tls.connect = (options, ...rest) =>
  connect({ ...options, host: "127.0.0.1", port: Number(process.env.RECORDER_PORT) }, ...rest);
