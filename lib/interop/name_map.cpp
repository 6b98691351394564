#include "interop/name_map.h"

#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "interop/torch_module.h"

namespace mtlkit {
namespace {

// The texts that the stars of `pattern` stand for in `text`, the shortest that
// do; nothing where it does not match.
bool Capture(std::string_view pattern, std::string_view text,
             std::vector<std::string>* stars) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*') {
    return !text.empty() && text[0] == pattern[0] &&
           Capture(pattern.substr(1), text.substr(1), stars);
  }
  const std::size_t known = stars->size();
  for (std::size_t length = 0; length <= text.size(); ++length) {
    stars->resize(known);
    stars->emplace_back(text.substr(0, length));
    if (Capture(pattern.substr(1), text.substr(length), stars)) return true;
  }
  stars->resize(known);
  return false;
}

// "heads./kernel[0:1]" without its columns, which go into `rule`.
std::string TakeColumns(const std::string& word, MapRule* rule) {
  if (!word.ends_with("]")) return word;
  const std::size_t open = word.rfind('[');
  const std::size_t colon = word.find(':', open);
  long long first = 0;
  long long end = 0;
  Require(
      open != std::string::npos && colon != std::string::npos &&
          ParseInteger(word.substr(open + 1, colon - open - 1), &first) &&
          ParseInteger(word.substr(colon + 1, word.size() - colon - 2), &end) &&
          0 <= first && first < end,
      ErrorKind::kUsage, Str("'", word, "' names no columns"),
      "write NAME[FIRST:END], counted from 0, END not included");
  rule->first = static_cast<Index>(first);
  rule->end = static_cast<Index>(end);
  return word.substr(0, open);
}

MapRule ParseRule(const std::vector<std::string>& words) {
  Require(words.size() == 2 || words.size() == 3, ErrorKind::kUsage,
          "a line is OURS THEIRS, with transpose or as-is behind it",
          "write for example: trunk.0/kernel backbone.0.weight");
  MapRule rule;
  rule.ours = TakeColumns(words[0], &rule);
  if (words[1] != "fresh") rule.theirs = words[1];
  if (words.size() == 3) {
    Require(words[2] == "transpose" || words[2] == "as-is", ErrorKind::kUsage,
            Str("'", words[2], "' is neither transpose nor as-is"));
    rule.turn = words[2] == "transpose" ? MapRule::Turn::kTranspose
                                        : MapRule::Turn::kAsIs;
  }
  return rule;
}

}  // namespace

std::optional<std::string> MapRule::TheirsFor(std::string_view name) const {
  std::vector<std::string> stars;
  if (!Capture(ours, name, &stars)) return std::nullopt;
  std::string filled;
  std::size_t next = 0;
  for (const char c : theirs) {
    if (c != '*') {
      filled += c;
    } else if (next < stars.size()) {
      filled += stars[next++];
    }
  }
  return filled;
}

std::vector<MapRule> ParseNameMap(std::string_view text,
                                  const std::string& name) {
  std::vector<MapRule> rules;
  Index line = 0;
  for (const std::string& whole : Split(text, '\n')) {
    ++line;
    std::istringstream in(whole.substr(0, whole.find('#')));
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    if (words.empty()) continue;
    rules.push_back(InContext(Str(name, ", line ", line),
                              [&] { return ParseRule(words); }));
    rules.back().line = line;
  }
  Require(!rules.empty(), ErrorKind::kUsage, Str(name, ": there is no rule"),
          "write a line OURS THEIRS for each parameter");
  return rules;
}

std::vector<std::string> UsualNames(std::string_view name,
                                    std::string_view module) {
  const std::size_t slash = name.rfind('/');
  const std::string_view layer = name.substr(0, slash);
  const std::string torch = TorchParameterName(name.substr(slash + 1));
  return {std::string(name), Str(layer, ".", torch), Str(module, ".", torch)};
}

}  // namespace mtlkit
