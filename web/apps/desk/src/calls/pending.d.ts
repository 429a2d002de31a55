// Recording, supervision, pictures and quality, until the server joins them.
import type * as p from "@stoa/protocol";

declare module "../../../../packages/protocol/src/generated/protocol.ts" {
  interface Commands {
    "call.record": { input: p.RecordCall; output: p.CallRow };
    "call.supervise": { input: p.SuperviseCall; output: p.CallJoined };
    "call.show": { input: p.ShowSight; output: p.Nothing };
  }
  interface SignalsOut {
    "call.quality": p.QualityInput;
  }
  interface Events {
    "call.supervised": { supervision: p.Supervision };
  }
}
