#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mtlkit {

// Calls visit(word) for what stands between blanks (bytes 9 to 13 and 32).
void ForBlankWords(std::string_view text,
                   const std::function<void(std::string_view)>& visit);

// Calls visit(word) for runs of letters, digits and apostrophes in words, and
// for every other character by itself but blanks. Characters beyond ASCII count
// as letters, but for punctuation and symbols (U+00A1 to U+00BF, U+2000 to
// U+2BFF, U+3000 to U+303F, U+FF00 to U+FF20) and those of scripts that leave
// no blanks (Chinese, Japanese, Thai, Lao, Khmer, Burmese), each of which is a
// word. Bytes that are no UTF-8 are words of one byte.
void ForMarkedWords(std::string_view text,
                    const std::function<void(std::string_view)>& visit);

enum class CharacterKind { kBlank, kLetter, kDigit, kMark, kIdeograph, kByte };

// What the first character of `text`, of `size` bytes (CharacterSize), is;
// kIdeograph: of scripts that leave no blanks; kByte: no character.
CharacterKind KindOfCharacter(std::string_view text, std::size_t size);

// Small letters for capital ones of Latin, Greek and Cyrillic (one for one;
// others stay as they are).
std::string LowerCase(std::string_view text);

// Bytes of the character of UTF-8 that `text` begins with; 0 where it begins
// with none. Needs a text that is not empty.
std::size_t CharacterSize(std::string_view text);

// Whether a text is UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace mtlkit
