/** Names and their values, in a list. */
export function NameValues(props: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {props.rows.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
