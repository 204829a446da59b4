#!/usr/bin/env python3
"""Prints docs/examples/topics.jsonl: sentences of four topics, each in two tenses and of one or several people.

    python3 scripts/examples/topics.py > docs/examples/topics.jsonl

A group is what is done; its four sentences are never split between fitting and testing.
"""

import json

TOPICS = {
    "cooking": [
        ("bake", "baked", "a loaf of bread in the old oven"),
        ("boil", "boiled", "rice and beans for lunch"),
        ("fry", "fried", "onions with a little butter"),
        ("roast", "roasted", "a chicken with garlic and lemon"),
        ("peel", "peeled", "potatoes for a thick soup"),
        ("chop", "chopped", "carrots and celery for the stew"),
        ("grate", "grated", "cheese over a bowl of pasta"),
        ("knead", "kneaded", "dough for the pizza"),
        ("season", "seasoned", "the sauce with salt and pepper"),
        ("grill", "grilled", "fish and peppers on the coals"),
        ("stir", "stirred", "cream into the mushroom soup"),
        ("toast", "toasted", "bread to eat with honey and jam"),
        ("whisk", "whisked", "eggs and sugar for a cake"),
    ],
    "music": [
        ("play", "played", "a slow song on the piano"),
        ("tune", "tuned", "the violin before the concert"),
        ("sing", "sang", "an old ballad with the choir"),
        ("record", "recorded", "a new album in the studio"),
        ("practise", "practised", "scales on the flute"),
        ("compose", "composed", "a quartet for strings"),
        ("conduct", "conducted", "the orchestra in a symphony"),
        ("strum", "strummed", "chords on the guitar"),
        ("hum", "hummed", "the melody of a waltz"),
        ("rehearse", "rehearsed", "the second act of the opera"),
        ("beat", "beat", "the drums in a jazz band"),
        ("learn", "learned", "a sonata for the cello"),
        ("arrange", "arranged", "a hymn for trumpet and organ"),
    ],
    "football": [
        ("score", "scored", "the winning goal in the last minute"),
        ("kick", "kicked", "the ball past the keeper"),
        ("train", "trained", "with the striker before the match"),
        ("pass", "passed", "the ball across the pitch"),
        ("defend", "defended", "the goal against the champions"),
        ("win", "won", "the league by two points"),
        ("lose", "lost", "the cup final on penalties"),
        ("tackle", "tackled", "the captain near the corner flag"),
        ("coach", "coached", "the youth team of the club"),
        ("head", "headed", "the corner kick into the net"),
        ("miss", "missed", "a penalty in the first half"),
        ("join", "joined", "the midfield of a famous club"),
        ("watch", "watched", "the referee show a red card"),
    ],
    "weather": [
        ("measure", "measured", "the rain that fell on the hills"),
        ("forecast", "forecast", "a storm with strong winds"),
        ("expect", "expected", "snow and ice on the roads"),
        ("dread", "dreaded", "the heat of a dry summer"),
        ("feel", "felt", "a cold breeze from the north"),
        ("photograph", "photographed", "dark clouds over the bay"),
        ("record", "recorded", "frost on the first morning of spring"),
        ("see", "saw", "lightning before the thunder"),
        ("fear", "feared", "a flood after days of heavy rain"),
        ("enjoy", "enjoyed", "the sunshine between two showers"),
        ("cross", "crossed", "the fog that lay over the valley"),
        ("meet", "met", "hail and sleet on the mountain"),
        ("study", "studied", "the temperature of the humid air"),
    ],
}


def main():
    for topic, deeds in TOPICS.items():
        for base, past, what in deeds:
            for subject in ("she", "they"):
                for tense in ("past", "future"):
                    verb = past if tense == "past" else f"will {base}"
                    when = "yesterday" if tense == "past" else "tomorrow"
                    print(json.dumps({
                        "text": f"As people say, {subject} {verb} {what} {when}.",
                        "label": topic,
                        "tense": tense,
                        "subject": subject,
                        "group": f"{base} {what}",
                    }))


main()
