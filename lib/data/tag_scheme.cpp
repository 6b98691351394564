#include "data/tag_scheme.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace mtlkit {
namespace {

constexpr double kLeast = 1e-37;
constexpr std::string_view kMarks = "BIES";

bool IsMarked(const std::string& name) {
  return name.size() > 2 && name[1] == '-' &&
         kMarks.find(name[0]) != std::string_view::npos;
}

bool GoesOn(char mark) {
  return mark == 'I' || mark == 'E';
}

}  // namespace

TagScheme::TagScheme(const std::vector<std::string>& names) {
  const bool any_marked = std::ranges::any_of(names, IsMarked);
  has_chunks_ =
      any_marked && std::ranges::all_of(names, [](const std::string& name) {
        return name == "O" || IsMarked(name);
      });
  std::map<std::string, Index> numbers;
  for (const std::string& name : names) {
    Tag tag;
    if (!has_chunks_ || name != "O") {
      const std::string type = has_chunks_ ? name.substr(2) : name;
      const auto [at, is_new] = numbers.try_emplace(type, std::ssize(types_));
      if (is_new) types_.push_back(type);
      tag = {has_chunks_ ? name[0] : 'S', at->second};
    }
    tags_.push_back(tag);
  }
}

bool TagScheme::IsLegal(Index from, Index to) const {
  const Tag& tag = tags_[At(to)];
  if (!GoesOn(tag.mark)) return true;
  if (from < 0) return false;
  const Tag& before = tags_[At(from)];
  return before.type == tag.type && (before.mark == 'B' || before.mark == 'I');
}

namespace {

// The best way to one of several tags: the lower of equal ones.
struct Best {
  double score = -std::numeric_limits<double>::infinity();
  std::int32_t tag = -1;
  void Offer(double other, std::int32_t from) {
    if (other > score) *this = {other, from};
  }
};

}  // namespace

// A tag that goes on with a chunk has two that may stand before it, all others
// have any: the best of each type and the best of all are enough.
std::vector<std::int32_t> TagScheme::Decode(
    std::span<const double> probabilities) const {
  const std::size_t tags = tags_.size();
  const std::size_t tokens = probabilities.size() / tags;
  std::vector<std::int32_t> from(tokens * tags, -1);
  std::vector<double> scores(tags);
  std::vector<Best> open(types_.size());
  for (std::size_t t = 0; t < tokens; ++t) {
    Best any;
    if (t > 0) {
      std::ranges::fill(open, Best{});
      for (std::size_t i = 0; i < tags; ++i) {
        const auto number = static_cast<std::int32_t>(i);
        any.Offer(scores[i], number);
        const Tag& tag = tags_[i];
        if (tag.mark == 'B' || tag.mark == 'I') {
          open[At(tag.type)].Offer(scores[i], number);
        }
      }
    } else {
      any.score = 0;
    }
    for (std::size_t j = 0; j < tags; ++j) {
      const Best before = GoesOn(tags_[j].mark) ? open[At(tags_[j].type)] : any;
      from[t * tags + j] = before.tag;
      scores[j] = before.score +
                  std::log(std::max(probabilities[t * tags + j], kLeast));
    }
  }
  std::vector<std::int32_t> path(tokens);
  if (tokens == 0) return path;
  path.back() = static_cast<std::int32_t>(std::ranges::max_element(scores) -
                                          scores.begin());
  for (std::size_t t = tokens - 1; t > 0; --t) {
    path[t - 1] = std::max(from[t * tags + At(path[t])], std::int32_t{0});
  }
  return path;
}

std::vector<std::int32_t> TagScheme::Decode(
    std::span<const float> probabilities) const {
  return Decode(
      std::vector<double>(probabilities.begin(), probabilities.end()));
}

TagScheme::Tag TagScheme::TagOf(std::int32_t number) const {
  if (number < 0 || number >= size()) return {'S', type_count()};
  return tags_[At(number)];
}

// Of two tags that follow each other, as conlleval's startOfChunk.
bool TagScheme::Begins(const Tag& before, const Tag& tag) const {
  if (tag.type < 0) return false;
  if (tag.mark == 'B' || tag.mark == 'S') return true;
  return before.type != tag.type || before.mark == 'E' || before.mark == 'S';
}

// As conlleval's endOfChunk.
bool TagScheme::Ends(const Tag& tag, const Tag& after) const {
  if (tag.type < 0) return false;
  if (tag.mark == 'E' || tag.mark == 'S') return true;
  return after.type != tag.type || after.mark == 'B' || after.mark == 'S';
}

std::vector<TagChunk> TagScheme::Chunks(
    std::span<const std::int32_t> tags) const {
  std::vector<TagChunk> chunks;
  const Tag outside;
  Index first = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const Tag tag = TagOf(tags[i]);
    const Tag before = i == 0 ? outside : TagOf(tags[i - 1]);
    const Tag after = i + 1 == tags.size() ? outside : TagOf(tags[i + 1]);
    if (Begins(before, tag)) first = static_cast<Index>(i);
    if (Ends(tag, after)) {
      chunks.push_back({first, static_cast<Index>(i) + 1, tag.type});
    }
  }
  return chunks;
}

Index CountLooseTags(const TagScheme& scheme,
                     std::span<const std::int32_t> tags) {
  Index count = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] < 0 || tags[i] >= scheme.size()) continue;
    count += !scheme.IsLegal(i == 0 ? -1 : tags[i - 1], tags[i]);
  }
  return count;
}

}  // namespace mtlkit
