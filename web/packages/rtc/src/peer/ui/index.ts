export { captionOf, createModel, type ModelOptions, type SightModel } from "./model.ts";
export { prepareTexts, vt } from "./texts.ts";
export { SightTools, toggleCamera, toggleScreen } from "./tools.tsx";
export { SightView } from "./view.tsx";
