import { Figure } from "../../figure/Figure";
import { useWidth } from "../../figure/useWidth";
import type { ContextGrown, ContextMoment } from "../../record/routes";
import { number } from "../../record/words";
import { barLength, besides, frame } from "./places";

const HEIGHT = 340;
const EDGE = 32;

/**
 * A graph's words where they stand at one length of context, its edges drawn between them.
 *
 * @param moments of one layer, by length
 * @param isOwn whether in the length's own plane
 */
export function PlacesFigure(props: { found: ContextGrown; moments: readonly ContextMoment[]; at: number; isOwn: boolean }) {
  const { found, moments, at, isOwn } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const placesOf = (moment: ContextMoment) => (isOwn ? moment.ownPlaces : moment.places);
  const side = Math.min(width, 460);
  const to = frame([placesOf(moments[at]!)], side, HEIGHT, EDGE);
  const perUnit = to(1, 0).x - to(0, 0).x;
  const bar = barLength(side, perUnit);
  const places = placesOf(moments[at]!).map((place) => (place.length < 2 ? null : to(place[0]!, place[1]!)));
  const names = besides(places, found.words);
  return (
    <Figure
      name="context-places"
      title="Words"
      caption="each length has a scale of its own: see the bar"
      data={() => ({
        columns: ["layer", "words of context", "word", "x", "y"],
        rows: moments.flatMap((moment) =>
          placesOf(moment).flatMap((place, i) => (place.length < 2 ? [] : [[moment.layer, moment.length, found.words[i]!, place[0]!, place[1]!]])),
        ),
      })}
    >
      <div ref={box} className="scroll">
        <svg width={side} height={HEIGHT} role="img" aria-label={reading(found, placesOf(moments[at]!))} data-figure="context-places">
          {found.edges.map(({ from, to: end }) => {
            const a = places[from];
            const b = places[end];
            return a == null || b == null ? null : <path key={`${from}-${end}`} className="zero" d={`M${a.x} ${a.y}L${b.x} ${b.y}`} />;
          })}
          {places.map((place, i) =>
            place === null ? null : (
              <g key={i}>
                <circle className="nothing" cx={place.x} cy={place.y} r={3} />
                <text className="named" x={names[i]!.x} y={names[i]!.y} textAnchor="middle">
                  {found.words[i]}
                </text>
              </g>
            ),
          )}
          <path className="line" d={`M${EDGE} ${HEIGHT - 8}h${bar * perUnit}`} />
          <text className="soft" x={EDGE} y={HEIGHT - 13}>
            {bar}
          </text>
        </svg>
      </div>
    </Figure>
  );
}

/** The same for who cannot see it. */
function reading(found: ContextGrown, places: readonly (readonly number[])[]): string {
  const stand = places.map((place, i) => (place.length < 2 ? `${found.words[i]} nowhere` : `${found.words[i]} at ${number(place[0]!, 1)}, ${number(place[1]!, 1)}`));
  return `Words of the graph in the plane: ${stand.join("; ")}`;
}
