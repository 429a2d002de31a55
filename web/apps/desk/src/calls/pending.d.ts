// The commands, events and signals of calls, until the server joins them.
import type * as p from "@stoa/protocol";

declare module "../../../../packages/protocol/src/generated/protocol.ts" {
  interface Commands {
    "call.accept": { input: p.AcceptCall; output: p.CallJoined };
    "call.decline": { input: p.DeclineCall; output: p.Nothing };
    "call.connect": { input: p.ConnectLeg; output: p.Answer };
    "call.hold": { input: p.HoldCall; output: p.Nothing };
    "call.mute": { input: p.MuteLeg; output: p.Nothing };
    "call.digit": { input: p.PressKey; output: p.Nothing };
    "call.hang_up": { input: p.OneCall; output: p.Nothing };
    "call.transfer": { input: p.TransferCall; output: p.CallRow };
    "call.complete_transfer": { input: p.OneCall; output: p.Nothing };
    "call.cancel_transfer": { input: p.OneCall; output: p.Nothing };
    "call.invite": { input: p.InviteToCall; output: p.CallRow };
    "call.record": { input: p.RecordCall; output: p.CallRow };
    "call.ring": { input: p.RingCustomer; output: p.CallRow };
    "call.close_callback": { input: p.OneCall; output: p.Nothing };
    "call.supervise": { input: p.SuperviseCall; output: p.CallJoined };
    "call.show": { input: p.ShowSight; output: p.Nothing };
    "call.ice": { input: p.IceServers; output: p.IceServersView };
  }
  interface SignalsOut {
    "call.quality": p.QualityInput;
    "call.peer": p.PeerInput;
  }
  interface SignalsIn {
    "call.peer": p.PeerSignal;
  }
  interface Events {
    "call.listed": { call: p.CallRow };
    "call.supervised": { supervision: p.Supervision };
  }
  interface StaffView {
    languages: string[];
    skills: string[];
  }
}
