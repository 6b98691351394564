#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Calls visit(part) for the parts of a text that pieces do not go beyond: runs
// of letters, each digit and each mark by itself (as ForMarkedWords tells them;
// characters of scripts without blanks are letters here), with the blank (byte
// 32) before it in front, if there is one. A blank stands in front of the whole
// text, too, so that a word is the same wherever it is. Bytes that are no
// UTF-8 are parts of one byte. An empty text has no part.
void ForBpeParts(std::string_view text,
                 const std::function<void(std::string_view)>& visit);

// Byte-pair encoding: texts as codes of pieces, found by joining, over and
// over, the two that stand beside each other most often (Sennrich, Haddow and
// Birch, "Neural machine translation of rare words with subword units", 2016).
// Of pairs of one frequency that which is less by bytes is joined, of those
// that make a piece which is there already none (as SentencePiece does). Codes
// 0 .. 255 are those of single bytes, so that every text, and every sequence of
// bytes, can be written, and Decode gives it back exactly; then come the blank
// and characters, then what was joined. Immutable.
class Bpe {
 public:
  static constexpr Index kBytes = 256;
  // Above these each.
  static constexpr Index kLeastSize = kBytes + 1;
  static constexpr Index kMostSize = Index{1} << 20;

  // Of parts of texts with their counts; at most `size` codes, fewer where the
  // texts have no more pairs twice. Of characters the most frequent ones get a
  // code, at most half of those that bytes leave.
  static Bpe Train(const std::map<std::string, Index, std::less<>>& parts,
                   Index size);

  // As it was stored: characters, and pairs of codes that are joined, each of
  // which has the next code. Throws kBadInput for what could not have been.
  Bpe(std::vector<std::string> characters,
      std::vector<std::pair<std::int32_t, std::int32_t>> joined);

  Index size() const { return std::ssize(pieces_); }
  const std::vector<std::string>& characters() const { return characters_; }
  std::span<const std::pair<std::int32_t, std::int32_t>> joined() const {
    return joined_;
  }
  // What codes are called: the piece with U+2581 for a blank, "<0x0a>" for a
  // byte. All differ.
  std::vector<std::string> Names() const;

  // Appends the codes of a text, in time n log n of its bytes.
  void Encode(std::string_view text, std::vector<std::int32_t>* codes) const;
  // The same of one part, as ForBpeParts has it.
  void EncodePart(std::string_view part,
                  std::vector<std::int32_t>* codes) const;
  // The text of codes that Encode gave; those out of range are passed over.
  std::string Decode(std::span<const std::int32_t> codes) const;

 private:
  std::vector<std::string> characters_;
  std::vector<std::pair<std::int32_t, std::int32_t>> joined_;
  std::vector<std::string> pieces_;  // one a code; bytes stand for themselves
  std::unordered_map<std::string, std::int32_t> code_of_character_;
  std::unordered_map<std::uint64_t, std::int32_t> code_of_pair_;
};

// The parts of texts, counted.
class BpeCounter {
 public:
  void Add(std::string_view text);
  const std::map<std::string, Index, std::less<>>& parts() const {
    return parts_;
  }

 private:
  std::map<std::string, Index, std::less<>> parts_;
};

}  // namespace mtlkit
