/** Up to two initials of a name; "?" when there is none. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return chosen.map((word) => [...(word ?? "")][0]?.toUpperCase()).join("") || "?";
}

interface AvatarProps {
  name: string;
  size?: number;
  /** Whether the person is there now; undefined shows nothing. */
  isPresent?: boolean | undefined;
}

/** A circle with initials: decoration beside a written name. */
export function Avatar({ name, size = 32, isPresent }: AvatarProps) {
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.4}px` };
  return (
    // Initials are drawn by the style sheet: as text they would be a visible label without a name.
    <span class="ui-avatar" style={style} data-initials={initials(name)} aria-hidden="true">
      {isPresent !== undefined && <span class={`ui-presence ${isPresent ? "is-present" : ""}`} />}
    </span>
  );
}
