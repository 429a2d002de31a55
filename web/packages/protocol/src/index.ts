export * from "./generated/protocol.ts";
