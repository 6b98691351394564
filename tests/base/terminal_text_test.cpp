#include "base/terminal_text.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"

namespace mtlkit {
namespace {

TEST_CASE("what could command a terminal becomes visible") {
  CHECK(VisibleText("a\x1b[2Jb\x7f") == "a\\x1b[2Jb\\x7f");
  CHECK(VisibleText("a\nmtl-train: done\tb\r") == "a mtl-train: done b\\x0d");
  // C1 as UTF-8, and as the bare byte that some terminals obey.
  CHECK(VisibleText("\xc2\x9b"
                    "31m \x9b") == "\\x9b31m \\x9b");
  CHECK(VisibleText(std::string("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("what makes a text look like another becomes visible") {
  CHECK(VisibleText("\xe2\x80\xae"
                    "cod.exe") == "\\u202ecod.exe");
  CHECK(VisibleText("a\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c") ==
        "a\\u2066\\u2028\\u061c");
}

TEST_CASE("what nobody sees becomes visible") {
  CHECK(VisibleText("age\xe2\x80\x8b") == "age\\u200b");
  CHECK(VisibleText("\xef\xbb\xbf"
                    "a\xc2\xad"
                    "b\xe2\x81\xa0") == "\\ufeffa\\u00adb\\u2060");
  CHECK(VisibleText("a\xf3\xa0\x81\x81") == "a\\ue0041");
}

TEST_CASE("letters of all languages stay as they are") {
  const std::string text = "h\xc3\xb6he \xd7\x90 \xe6\xbc\xa2 \xf0\x9f\x98\x80";
  CHECK(VisibleText(text) == text);
  CHECK(TerminalText("a\n\tb") == "a\n\tb");
}

TEST_CASE("bytes that are not UTF-8 are told apart") {
  CHECK(IsValidUtf8("h\xc3\xb6he"));
  for (const char* text : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xe2\x82"}) {
    CHECK_FALSE(IsValidUtf8(text));
    CHECK(VisibleText(text).starts_with("\\x"));
  }
}

TEST_CASE("a text in pieces is cut before a character that is not whole") {
  CHECK(CutCharacter("ab") == 0);
  CHECK(CutCharacter("a\xc3") == 1);
  CHECK(CutCharacter("a\xc3\xb6") == 0);
  CHECK(CutCharacter("a\xf0\x9f\x98") == 3);
  CHECK(CutCharacter("\x80\x80\x80\x80") == 0);
}

}  // namespace
}  // namespace mtlkit
