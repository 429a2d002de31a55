// What pages tell of their quality, until the server joins it.
import type * as p from "@stoa/protocol";

declare module "../../../../packages/protocol/src/generated/protocol.ts" {
  interface SignalsOut {
    "call.quality": p.QualityInput;
  }
}
