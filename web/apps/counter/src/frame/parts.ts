import { later } from "./later.tsx";

/** What is filled in now and then. */
export const forms = later(() => import("./forms.tsx"));
/** How the customer was served. */
export const ratings = later(() => import("./rating.tsx"));
