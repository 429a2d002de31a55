/* The desk's side of the replica: what is said over the port, and how it is read. */
export type { Part } from "../wire.ts";
export {
  type Box,
  type Drawn,
  type FromReplica,
  type Pointed,
  readFromReplica,
  type ToReplica,
} from "./messages.ts";
