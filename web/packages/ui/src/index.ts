export { Avatar } from "./avatar.tsx";
export { Badge, Banner, Empty, Kbd, Skeleton, Spinner, type Tone } from "./bits.tsx";
export { Button, IconButton } from "./button.tsx";
export { Dialog } from "./dialog.tsx";
export { Checkbox, SelectField, TextArea, TextField } from "./field.tsx";
export { Icon } from "./icon.tsx";
export { Menu, type MenuItem } from "./menu.tsx";
export { dismissToast, showToast, Toasts } from "./toast.tsx";
export { VirtualList, windowOf } from "./virtual-list.tsx";
