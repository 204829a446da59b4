import { useEffect, useState } from "react";

/** Between two places of a dial that plays, in milliseconds. */
const PACE = 150;

/**
 * A slider over places, from 0, with a button that plays them where `plays` says so.
 *
 * @param words what a place is, in words
 */
export function Dial(props: {
  name: string;
  places: number;
  at: number;
  move: (at: number) => void;
  words: (at: number) => string;
  plays?: boolean;
}) {
  const { name, places, at, move, words } = props;
  const [isPlaying, setPlaying] = useState(false);
  const last = places - 1;
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= last) {
      setPlaying(false);
      return;
    }
    const next = setTimeout(() => move(at + 1), PACE);
    return () => clearTimeout(next);
  }, [isPlaying, at, last, move]);
  const play = () => {
    if (!isPlaying && at >= last) move(0);
    setPlaying(!isPlaying);
  };
  return (
    <div className="dial">
      <label>
        <span>{name}</span>
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={at}
          aria-valuetext={words(at)}
          onChange={(event) => {
            setPlaying(false);
            move(Number(event.target.value));
          }}
        />
      </label>
      <output>{words(at)}</output>
      {props.plays === true && (
        <button type="button" aria-pressed={isPlaying} aria-label={`Play ${name}`} onClick={play}>
          {isPlaying ? "stop" : "play"}
        </button>
      )}
    </div>
  );
}
