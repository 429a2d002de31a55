export type { LinkState } from "./link.ts";
export type { PeerMessage, Shown, Source } from "./messages.ts";
export { type Picture, Sight, type SightWiring, type StillStep } from "./sight.ts";
export { type CameraChoice, canShareScreen, canUseCamera, type SourceTrouble } from "./sources.ts";
export { type Own, type Remembered, Stage } from "./stage.ts";
export { takeStill } from "./still.ts";
