/* What is filled in now and then, fetched when it is. */
export { Dialogs } from "./dialogs.tsx";
export { LeaveForm } from "./leave.tsx";
