#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mtlkit {

// Whether `text` is UTF-8 (RFC 3629) without NUL: no cut or overlong character,
// no surrogate.
bool IsValidUtf8(std::string_view text);

// `text` as a terminal may show it, lines and tabs kept. What could command
// the terminal or make it show another text than it holds becomes visible:
// control characters (C0, DEL, C1) and bytes that are not UTF-8 as "\x1b",
// marks of writing direction, separators of lines and characters that nobody
// sees (of no width) as "\u202e".
std::string TerminalText(std::string_view text);

// How many bytes at the end of `text` begin a character that more bytes may
// complete: a text that comes in pieces is cut before them.
std::size_t CutCharacter(std::string_view text);

}  // namespace mtlkit
