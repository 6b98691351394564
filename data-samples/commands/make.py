"""Writes the sample `commands`: sentences that people say to a house, with what
they want (label) and what each word is part of (seq.out), as files seq.in,
seq.out and label of train, valid and test. Some names occur in test only.

    python3 data-samples/commands/make.py data-samples/commands
"""
import pathlib
import random
import sys

ARTISTS = ["nina hill", "the grey foxes", "ola", "peter van dam", "los rios", "mary & the band", "kuno", "silver lane",
           "the tin men", "anna bell", "dj moss", "north of june"]
SONGS = ["blue train", "home again", "one", "the long road", "rain on monday", "lights", "under the bridge", "paper boats",
         "summer in town", "no more letters", "hello stranger", "seven"]
CITIES = ["lisbon", "new york", "oslo", "san jose", "bern", "porto", "cape town", "the hague", "lyon", "st ives", "turin",
          "buenos aires"]
TIMES = ["seven o'clock", "noon", "half past six", "8 pm", "midnight", "six thirty", "9", "a quarter to ten", "11 am",
         "two in the afternoon"]
DAYS = ["today", "tomorrow", "on sunday", "next friday", "this weekend", "on the first of may", "tonight", "on monday"]
FOODS = ["thai", "italian", "vegan", "indian", "fish", "french", "tapas", "noodle"]
PEOPLE = ["two", "4", "six people", "a party of five", "me and my sister", "ten", "three of us", "eight guests"]
LISTS = ["summer hits", "my running list", "road trip", "quiet evening", "dance", "morning mix", "for the kids", "jazz"]
ROOMS = ["kitchen", "living room", "hall", "bedroom", "garden", "upstairs bathroom", "office", "garage"]
SLOTS = {"artist": ARTISTS, "song": SONGS, "city": CITIES, "time": TIMES, "day": DAYS, "food": FOODS, "people": PEOPLE,
         "list": LISTS, "room": ROOMS}
ACTS = {
    "play": ["play {song} by {artist}", "i want to hear {artist}", "put on {song}", "play some {artist} please",
             "could you play {song} from {artist}", "start {list} with {artist}", "play {list}"],
    "add": ["add {song} to {list}", "put {song} by {artist} on {list}", "add {artist} to my list {list}",
            "i want {song} in {list}", "please add this song by {artist} to {list}"],
    "weather": ["what is the weather in {city} {day}", "will it rain in {city} at {time}", "how cold is it in {city}",
                "{city} weather {day} please", "is it going to snow {day} in {city}", "weather at {time} in {city}"],
    "table": ["book a table for {people} at {time}", "find a {food} place in {city} {day}",
              "i need a {food} restaurant for {people} {day} at {time}", "reserve {food} in {city} for {people}",
              "a table for {people} in {city} {day} please"],
    "light": ["turn on the light in the {room}", "{room} light off", "make it dark in the {room} at {time}",
              "switch the lamp in the {room} off {day}", "lights on in the {room}"],
    "alarm": ["wake me up at {time}", "set an alarm for {time} {day}", "alarm {day} at {time}", "wake me {day} at {time}",
              "i have to get up at {time} {day}"],
}


def sentence(rng, seen):
    act = rng.choice(sorted(ACTS))
    words, tags = [], []
    for part in rng.choice(ACTS[act]).split():
        if not part.startswith("{"):
            words.append(part)
            tags.append("O")
            continue
        kind = part[1:-1]
        values = SLOTS[kind]
        value = rng.choice(values[:-len(values) // 4] if seen else values).split()
        words += value
        tags += [("B-" if i == 0 else "I-") + kind for i in range(len(value))]
    return " ".join(words), " ".join(tags), act


def main(folder):
    rng = random.Random(20)
    for name, count, seen in (("train", 900, True), ("valid", 150, True), ("test", 200, False)):
        rows = [sentence(rng, seen) for _ in range(count)]
        out = pathlib.Path(folder) / name
        out.mkdir(parents=True, exist_ok=True)
        for i, file in enumerate(("seq.in", "seq.out", "label")):
            (out / file).write_text("".join(row[i] + "\n" for row in rows))


main(sys.argv[1])
