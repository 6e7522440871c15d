// Choosing any emoji, by looking or by its Korean or English name. The list comes with the page, as a part of it that is
// fetched when somebody first opens this: never from elsewhere.
import { EmojiPicker as Picker } from "frimousse";
import { useLocale } from "$/public/hearth/locale";

const NEWEST = 16; // of later versions many a device has no pictures yet
const COMPONENTS = 2; // the group of skin tones and hair: no emoji by themselves
const LISTS = {
  ko: () => Promise.all([import("emojibase-data/ko/data.json"), import("emojibase-data/ko/messages.json")]),
  en: () => Promise.all([import("emojibase-data/en/data.json"), import("emojibase-data/en/messages.json")]),
};
const TONES = { dark: "", light: "", medium: "", "medium-dark": "", "medium-light": "" }; // not offered here

const drawable = ({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST;

async function listOf(locale) {
  const [list, words] = (await LISTS[locale]()).map((loaded) => loaded.default);
  return {
    locale,
    emojis: list.filter(drawable).map(({ emoji, group, label, version, tags = [] }) => ({ emoji, category: group, label, version, tags })),
    categories: words.groups.filter(({ order }) => order !== COMPONENTS).map(({ order, message }) => ({ index: order, label: message })),
    skinTones: TONES,
  };
}

// Rows and columns are counted from one; the library begins at nought.
const counted = (props, name) => (props[name] === undefined ? {} : { [name]: props[name] + 1 });
const Row = ({ children, ...props }) => <div {...props} {...counted(props, "aria-rowindex")} className="emoji-row">{children}</div>;
const Heading = ({ category, ...props }) => <div {...props} className="emoji-heading">{category.label}</div>;
const Emoji = ({ emoji, ...props }) => (
  <button type="button" {...props} {...counted(props, "aria-colindex")} className="emoji" title={emoji.label}>
    {emoji.emoji}
  </button>
);
const PARTS = { Row, CategoryHeader: Heading, Emoji };

export default function EmojiPicker({ onPick, title, search, none, loading }) {
  return (
    <Picker.Root
      className="emoji-picker"
      locale={useLocale()}
      columns={8}
      resolveEmojiData={listOf}
      aria-label={title}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <Picker.Search className="emoji-search" aria-label={search} placeholder={search} autoFocus />
      <Picker.Viewport className="emoji-viewport" tabIndex={0} role="group" aria-label={title}>
        <Picker.Loading className="emoji-note">{loading}</Picker.Loading>
        <Picker.Empty className="emoji-note">{none}</Picker.Empty>
        <Picker.List className="emoji-list" components={PARTS} />
      </Picker.Viewport>
    </Picker.Root>
  );
}
