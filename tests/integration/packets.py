# SPDX-License-Identifier: BSD-3-Clause
"""
The program's lines about packets (-v), read back into values.
"""

import dataclasses
import re

from support import run

LINE = re.compile(
    r"(?:(?P<file>.*) )?#(?P<number>\d+) (?P<seconds>[\d.]+) (?P<interface>.*?) "
    r"(?P<place>\d+\.\d+|u\d+|-) (?P<source>\S+) > (?P<destination>\S+) (?P<flags>\S+) "
    r"seq (?P<seq>\d+)(?: ack (?P<ack>\d+))? len (?P<length>\d+) (?P<options>.*?)"
    r"(?P<again> \(again\))?")

# Words that stand alone in the wording of an option; any other word is followed by a value.
FLAGS = {"SYN", "SYN/ACK", "ACK", "FIN", "backup", "regular", "echo", "infinite", "transient"}


@dataclasses.dataclass
class Option:
    name: str  # "" where not even the subtype could be read
    words: set
    values: dict  # word: text; of ADD_ADDR also "where"
    refused: bool  # malformed, or cut by the snap length

    def number(self, word):
        """A value as a number, hexadecimal or decimal; None without it."""
        return int(self.values[word], 0) if word in self.values else None


@dataclasses.dataclass
class Packet:
    number: int
    connection: int | None
    subflow: int | None  # within the connection, or among the unlinked ones
    source: str
    destination: str
    flags: str
    options: list
    again: bool

    def has(self, name):
        return any(option.name == name for option in self.options)


def option_of(text):
    """One option's wording: its name, then words, and words with values."""
    if text.startswith(("malformed", "further")):
        name = re.match(r"malformed (.*?) of length", text)
        return Option(name[1] if name else "", set(), {}, True)
    name, *words = re.sub(r"\(.*\)", "", re.sub(r"^subtype ", "subtype-", text)).split()
    option = Option(name.replace("-", " "), set(), {}, False)
    rest = iter(words)
    for word in rest:
        if word in FLAGS:
            option.words.add(word)
        elif re.fullmatch(r"v\d+", word):
            option.values["version"] = word[1:]
        elif re.match(r"\d+\.\d+\.|\[|[0-9a-f]*:", word):
            option.values["where"] = word
        else:
            option.values[word] = next(rest, "")
    return option


def packet_of(line):
    found = LINE.fullmatch(line)
    if found is None:
        raise AssertionError(f"no line about a packet: {line}")
    linked = re.fullmatch(r"(\d+)\.(\d+)", found["place"])
    unlinked = re.fullmatch(r"u(\d+)", found["place"])
    return Packet(
        number=int(found["number"]),
        connection=int(linked[1]) if linked else None,
        subflow=int(linked[2]) if linked else int(unlinked[1]) if unlinked else None,
        source=found["source"],
        destination=found["destination"],
        flags=found["flags"],
        options=[option_of(text) for text in found["options"].split("; ")],
        again=found["again"] is not None,
    )


def packets_of(path, capture):
    """All packets of a capture that the program has a line for, keys shown."""
    done = run(path, "-v", "--show-keys", capture)
    lines = done.stdout.decode().splitlines()
    return [packet_of(line) for line in lines if line.startswith("#")]
