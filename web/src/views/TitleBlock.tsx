import { NameValues } from "../figure/NameValues";

/** The block of a drawing that says what it is of, and how it was made. */
export function TitleBlock(props: { rows: readonly (readonly [string, string])[] }) {
  return (
    <div className="block">
      <Mark />
      <NameValues rows={props.rows} />
    </div>
  );
}

/** The sign and the name: a plan with a cut through it. */
export function Mark() {
  return (
    <div className="mark">
      <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
        <rect className="line" x="1.5" y="1.5" width="19" height="19" />
        <path className="line" d="M1.5 14.5h7v-7h12M12 20.5v-6h8.5" />
      </svg>
      Cutaway
    </div>
  );
}
