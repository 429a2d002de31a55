interface IconProps {
  /** The drawing, from `import send from "lucide:send"`. */
  of: string;
  /** What the picture says; without it the icon is decoration and hidden from screen readers. */
  label?: string | undefined;
  size?: number | undefined;
}

export function Icon({ of, label, size = 18 }: IconProps) {
  const naming = label ? { role: "img" as const, "aria-label": label } : { "aria-hidden": true };
  return (
    <svg
      {...naming}
      class="ui-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      // The drawing comes from the Lucide package at build time, never from a person.
      dangerouslySetInnerHTML={{ __html: of }}
    />
  );
}
