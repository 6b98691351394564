#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Tokens [first, end) of a text that make up one thing of a type.
struct TagChunk {
  Index first = 0;
  Index end = 0;
  Index type = 0;
  friend bool operator==(const TagChunk&, const TagChunk&) = default;
};

// What the names of tags say of chunks of tokens: "B-x" begins one of type x,
// "I-x" goes on with it, "E-x" ends it, "S-x" is one by itself, "O" is outside
// (Ramshaw and Marcus, "Text chunking using transformation-based learning",
// 1995). Where any name is another, none means more than itself, and each token
// is a chunk.
class TagScheme {
 public:
  explicit TagScheme(const std::vector<std::string>& names);

  bool has_chunks() const { return has_chunks_; }
  Index size() const { return std::ssize(tags_); }
  // How many types of chunks there are.
  Index type_count() const { return std::ssize(types_); }

  // Whether tag `to` may stand behind tag `from`, -1 for the beginning of a
  // text: "I-x" and "E-x" need "B-x" or "I-x" before them.
  bool IsLegal(Index from, Index to) const;

  // The most likely tags of a text whose steps are all legal (Viterbi), of
  // probabilities of tags, tokens x size() row-major; what is 0 counts as
  // 1e-37. Of equally likely ones that with the lower tag, from the last token
  // on. In time that is linear in the number of tags.
  std::vector<std::int32_t> Decode(std::span<const double> probabilities) const;
  std::vector<std::int32_t> Decode(std::span<const float> probabilities) const;

  // The chunks of the tags of a text, as the program conlleval has them (Tjong
  // Kim Sang and Buchholz, "Introduction to the CoNLL-2000 shared task:
  // chunking", 2000): "I-x" behind anything but "B-x" and "I-x" begins one. A
  // tag that is none of the names, -1 or size() and above, is a chunk of one
  // token and of a type that no other has.
  std::vector<TagChunk> Chunks(std::span<const std::int32_t> tags) const;

 private:
  struct Tag {
    char mark = 'O';
    Index type = -1;  // of its chunk; -1: outside
  };
  bool Begins(const Tag& before, const Tag& tag) const;
  bool Ends(const Tag& tag, const Tag& after) const;
  Tag TagOf(std::int32_t number) const;

  std::vector<Tag> tags_;
  std::vector<std::string> types_;
  bool has_chunks_ = true;
};

// Tags that begin a chunk without saying so, "I-x" or "E-x" behind anything but
// "B-x" and "I-x"; tags that are missing aside.
Index CountLooseTags(const TagScheme& scheme,
                     std::span<const std::int32_t> tags);

}  // namespace mtlkit
