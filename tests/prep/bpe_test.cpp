#include "prep/bpe.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

using Strings = std::vector<std::string>;

Strings BpePartsOf(std::string_view text) {
  Strings parts;
  ForBpeParts(text, [&](std::string_view part) { parts.emplace_back(part); });
  return parts;
}

Bpe Trained(const Strings& texts, Index size) {
  BpeCounter counter;
  for (const std::string& text : texts) counter.Add(text);
  return Bpe::Train(counter.parts(), size);
}

std::string Again(const Bpe& bpe, std::string_view text) {
  std::vector<std::int32_t> codes;
  bpe.Encode(text, &codes);
  return bpe.Decode(codes);
}

TEST_CASE("digits and marks are apart, a blank goes with what follows") {
  CHECK(BpePartsOf("It's 42,5  m") ==
        Strings{" It", "'", "s", " 4", "2", ",", "5", " ", " m"});
  CHECK(BpePartsOf("\u4f60\u597d\uff0cab") ==
        Strings{" \u4f60\u597d", "\uff0c", "ab"});
  CHECK(BpePartsOf("a\xff\xfe") == Strings{" a", "\xff", "\xfe"});
  CHECK(BpePartsOf(" ") == Strings{" ", " "});
  CHECK(BpePartsOf("").empty());
  CHECK(BpePartsOf("a\n\tb") == Strings{" a", "\n", "\t", "b"});
}

// Sennrich, Haddow and Birch 2016, figure 1, with a blank for the end of words.
TEST_CASE("the most frequent pair is joined, of equal ones the least") {
  Strings texts;
  const auto add = [&](const char* word, int count) {
    for (int i = 0; i < count; ++i) texts.emplace_back(word);
  };
  add("low", 5);
  add("lowest", 2);
  add("newer", 6);
  add("wider", 3);
  const Bpe bpe = Trained(texts, 256 + 11 + 11);
  // 10 letters and the blank: " ", then e, w, r, l, o, n, d, i, s, t.
  REQUIRE(bpe.characters().size() == 11);
  const Strings names = bpe.Names();
  // er 9 times; 7 times " l", " lo", " low" before "ow"; 6 times what makes
  // " newer" of " n"; 3 times the beginning of " wider".
  CHECK(Strings(names.begin() + 267, names.end()) ==
        Strings{"er", "\u2581l", "\u2581lo", "\u2581low", "\u2581n", "\u2581ne",
                "\u2581new", "\u2581newer", "\u2581w", "\u2581wi",
                "\u2581wid"});
  std::vector<std::int32_t> codes;
  bpe.Encode("low lower", &codes);
  CHECK(codes == std::vector<std::int32_t>{270, 270, 267});
}

TEST_CASE("every sequence of bytes comes back") {
  const Bpe bpe = Trained({"The quick brown fox, 12 of them", "fox  fox\tfox",
                           "\u00fcber \u2581 \u4f60\u597d", "aaaa aaa aa"},
                          300);
  const Strings names = bpe.Names();
  CHECK(std::set<std::string>(names.begin(), names.end()).size() ==
        names.size());
  for (const std::string text :
       {"", " ", "  a ", "a\n\nb", "\u2581", " \u2581x", "\xf0\x9f\x98",
        "<0x0a>", "The fox", "aaaaaaaaa"}) {
    CHECK(Again(bpe, text) == text);
  }
  const Rng rng(8, RandomPurpose::kTest);
  for (Index trial = 0; trial < 300; ++trial) {
    std::string text;
    const Index size = trial % 23;
    for (Index i = 0; i < size; ++i) {
      // Bytes, with many blanks and letters among them.
      const auto byte = static_cast<int>(256 * rng.Uniform(trial, 2 * i));
      const double kind = rng.Uniform(trial, 2 * i + 1);
      text += static_cast<char>(kind < 0.3   ? ' '
                                : kind < 0.6 ? 'a' + byte % 5
                                             : byte);
    }
    CHECK(Again(bpe, text) == text);
  }
}

TEST_CASE("pieces that were stored are those that were found") {
  const Bpe bpe = Trained({"one two one two three", "two three four"}, 290);
  const std::vector joined(bpe.joined().begin(), bpe.joined().end());
  const Bpe again(bpe.characters(), joined);
  CHECK(again.Names() == bpe.Names());
  std::vector<std::int32_t> codes;
  std::vector<std::int32_t> others;
  bpe.Encode("three two one zero", &codes);
  again.Encode("three two one zero", &others);
  CHECK(codes == others);
  CHECK_THROWS_AS(Bpe({"a"}, {}), Error);
  CHECK_THROWS_AS(Bpe({" ", "ab"}, {}), Error);
  CHECK_THROWS_AS(Bpe({" ", "a"}, {{256, 300}}), Error);
  CHECK_THROWS_AS(Bpe({" ", "a"}, {{5, 256}}), Error);
  CHECK_THROWS_AS(Trained({"a"}, 200), Error);
}

TEST_CASE("a word without end is taken apart in little time") {
  const Bpe bpe = Trained({"abab abab", "baba"}, 270);
  const std::string text(400000, 'a');
  CHECK(Again(bpe, text) == text);
}

Strings Words(std::string_view text, bool marks) {
  Strings words;
  const auto add = [&](std::string_view word) { words.emplace_back(word); };
  marks ? ForMarkedWords(text, add) : ForBlankWords(text, add);
  return words;
}

TEST_CASE("words end at blanks, or at marks") {
  CHECK(Words("  it's\ta (test). ", false) == Strings{"it's", "a", "(test)."});
  CHECK(Words("it's a (test).", true) ==
        Strings{"it's", "a", "(", "test", ")", "."});
  CHECK(Words("\u4f60\u597d\u3002ok", true) ==
        Strings{"\u4f60", "\u597d", "\u3002", "ok"});
  CHECK(Words("'a' \xff", true) == Strings{"'", "a", "'", "\xff"});
  CHECK(LowerCase("\u00c4B\u0416\u0104x\u00d7") ==
        "\u00e4b\u0436\u0105x\u00d7");
  CHECK(!IsUtf8("a\xc3"));
  CHECK(!IsUtf8("\xed\xa0\x80"));
  CHECK(IsUtf8("\u20ac"));
}

}  // namespace
}  // namespace mtlkit
