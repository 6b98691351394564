#include "prep/bpe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <queue>
#include <set>
#include <tuple>

#include "base/error.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

using Code = std::int32_t;
using Pair = std::pair<Code, Code>;

constexpr std::string_view kBlankName = "\u2581";

std::uint64_t KeyOf(const Pair& pair) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair.first))
             << 32 |
         static_cast<std::uint32_t>(pair.second);
}

// Characters that have no code of their own: what a list of names cannot hold,
// and what names a blank.
bool IsKept(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  const bool is_control = character.size() == 1 && (first < 32 || first == 127);
  return !is_control && character != kBlankName;
}

// Calls visit(character or byte, whether it is a character).
template <class Visit>
void ForCharacters(std::string_view part, Visit visit) {
  while (!part.empty()) {
    const std::size_t size = CharacterSize(part);
    const std::size_t bytes = std::max<std::size_t>(size, 1);
    visit(part.substr(0, bytes), size > 0);
    part.remove_prefix(bytes);
  }
}

std::vector<std::string> CharactersOf(
    const std::map<std::string, Index, std::less<>>& parts, Index most) {
  std::map<std::string, Index> counts;
  for (const auto& [part, count] : parts) {
    ForCharacters(part,
                  [&, n = count](std::string_view text, bool is_character) {
                    if (is_character && text != " " && IsKept(text)) {
                      counts[std::string(text)] += n;
                    }
                  });
  }
  std::vector<std::pair<Index, std::string>> order;
  for (const auto& [text, count] : counts) order.emplace_back(-count, text);
  std::ranges::sort(order);
  std::vector<std::string> characters{" "};
  for (auto& [count, text] : order) {
    if (std::ssize(characters) == most) break;
    characters.push_back(std::move(text));
  }
  return characters;
}

// A part of texts while its pieces are joined.
struct Part {
  std::vector<Code> codes;
  Index count = 0;
};

// Finds the pairs to be joined, one after the other.
class Joiner {
 public:
  Joiner(const std::map<std::string, Index, std::less<>>& parts,
         const Bpe& characters)
      : names_(At(characters.size())) {
    for (Code byte = 0; byte < Bpe::kBytes; ++byte) {
      names_[At(byte)] = static_cast<char>(byte);
    }
    for (std::size_t i = 0; i < characters.characters().size(); ++i) {
      names_[At(Bpe::kBytes) + i] = characters.characters()[i];
    }
    for (const auto& [text, count] : parts) {
      Part part{{}, count};
      characters.EncodePart(text, &part.codes);
      parts_.push_back(std::move(part));
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) AddPairs(i, 1);
    for (const auto& [key, own] : pairs_) Push(own.pair);
  }

  std::vector<Pair> Join(Index most) {
    std::vector<Pair> joined;
    while (std::ssize(joined) < most && !queue_.empty()) {
      const Entry top = queue_.top();
      queue_.pop();
      const auto at = pairs_.find(KeyOf(top.pair));
      if (at == pairs_.end() || at->second.count < 2) continue;
      if (at->second.count != top.count) {
        Push(top.pair);
        continue;
      }
      if (!known_.insert(top.name).second) continue;
      names_.push_back(top.name);
      joined.push_back(top.pair);
      Replace(top.pair, static_cast<Code>(names_.size()) - 1);
    }
    return joined;
  }

 private:
  struct Places {
    Pair pair;
    Index count = 0;
    std::set<std::size_t> parts;  // that have it, or had it
  };
  struct Entry {
    Index count;
    std::string name;
    std::string left;
    Pair pair;
    // The most frequent one comes first, of equal ones the least.
    bool operator<(const Entry& other) const {
      return std::tie(count, other.name, other.left) <
             std::tie(other.count, name, left);
    }
  };

  std::string NameOf(const Pair& pair) const {
    return names_[At(pair.first)] + names_[At(pair.second)];
  }
  void Push(const Pair& pair) {
    queue_.push({pairs_.at(KeyOf(pair)).count, NameOf(pair),
                 names_[At(pair.first)], pair});
  }

  // Bytes are never joined.
  void AddPairs(std::size_t number, Index times) {
    const Part& part = parts_[number];
    for (std::size_t i = 0; i + 1 < part.codes.size(); ++i) {
      const Pair pair{part.codes[i], part.codes[i + 1]};
      if (pair.first < Bpe::kBytes || pair.second < Bpe::kBytes) continue;
      Places& places = pairs_[KeyOf(pair)];
      places.pair = pair;
      places.count += times * part.count;
      places.parts.insert(number);
      if (times > 0 && is_joining_) changed_.insert(pair);
    }
  }

  void Replace(const Pair& pair, Code code) {
    is_joining_ = true;
    changed_.clear();
    const std::set<std::size_t> numbers =
        std::move(pairs_.at(KeyOf(pair)).parts);
    for (const std::size_t number : numbers) {
      AddPairs(number, -1);
      std::vector<Code>& codes = parts_[number].codes;
      std::vector<Code> next;
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const bool is_pair = i + 1 < codes.size() && codes[i] == pair.first &&
                             codes[i + 1] == pair.second;
        next.push_back(is_pair ? code : codes[i]);
        i += is_pair ? 1 : 0;
      }
      codes = std::move(next);
      AddPairs(number, 1);
    }
    pairs_.erase(KeyOf(pair));
    for (const Pair& other : changed_) {
      if (other != pair && pairs_.count(KeyOf(other)) > 0) Push(other);
    }
  }

  std::vector<std::string> names_;
  std::set<std::string> known_;  // that were joined
  std::vector<Part> parts_;
  std::unordered_map<std::uint64_t, Places> pairs_;
  std::priority_queue<Entry> queue_;
  std::set<Pair> changed_;
  bool is_joining_ = false;
};

[[noreturn]] void FailDamaged(const std::string& why) {
  Fail(ErrorKind::kBadInput,
       Str("the pieces of words that were stored are damaged: ", why),
       "write the file again");
}

}  // namespace

void ForBpeParts(std::string_view text,
                 const std::function<void(std::string_view)>& visit) {
  if (text.empty()) return;
  const std::string all = Str(" ", text);
  const std::string_view view = all;
  std::size_t first = 0;
  std::size_t at = 0;
  bool in_letters = false;
  const auto end_part = [&] {
    if (at > first) visit(view.substr(first, at - first));
    first = at;
  };
  while (at < view.size()) {
    const std::size_t size = CharacterSize(view.substr(at));
    const CharacterKind kind = KindOfCharacter(view.substr(at), size);
    const bool is_letter =
        kind == CharacterKind::kLetter || kind == CharacterKind::kIdeograph;
    const bool has_blank = at == first + 1 && view[first] == ' ';
    if (view[at] == ' ' || kind == CharacterKind::kByte ||
        kind == CharacterKind::kBlank) {
      end_part();
      in_letters = false;
    } else if (!has_blank && !(is_letter && in_letters)) {
      end_part();
    }
    at += std::max<std::size_t>(size, 1);
    in_letters = is_letter;
    // What is apart ends here; a blank waits for what follows.
    if (!is_letter && view[at - 1] != ' ') end_part();
  }
  end_part();
}

void BpeCounter::Add(std::string_view text) {
  ForBpeParts(text, [this](std::string_view part) {
    const auto at = parts_.find(part);
    if (at != parts_.end()) {
      ++at->second;
    } else {
      parts_.emplace(part, 1);
    }
  });
}

Bpe::Bpe(std::vector<std::string> characters, std::vector<Pair> joined)
    : characters_(std::move(characters)), joined_(std::move(joined)) {
  if (characters_.empty() || characters_.front() != " ") {
    FailDamaged("they lack the blank");
  }
  for (Code byte = 0; byte < kBytes; ++byte) {
    pieces_.emplace_back(1, static_cast<char>(byte));
  }
  for (const std::string& character : characters_) {
    const auto code = static_cast<Code>(pieces_.size());
    if (character.empty() || CharacterSize(character) != character.size() ||
        !IsKept(character) ||
        !code_of_character_.emplace(character, code).second) {
      FailDamaged("a character is none, or is there twice");
    }
    pieces_.push_back(character);
  }
  for (const Pair& pair : joined_) {
    const auto code = static_cast<Code>(pieces_.size());
    const auto fits = [&](Code part) { return part >= kBytes && part < code; };
    if (!fits(pair.first) || !fits(pair.second) ||
        !code_of_pair_.emplace(KeyOf(pair), code).second) {
      FailDamaged("a pair is of codes that were not there before");
    }
    pieces_.push_back(pieces_[At(pair.first)] + pieces_[At(pair.second)]);
    constexpr std::size_t kLongest = 4096;
    if (pieces_.back().size() > kLongest) FailDamaged("a piece is too long");
  }
}

Bpe Bpe::Train(const std::map<std::string, Index, std::less<>>& parts,
               Index size) {
  Require(size >= kLeastSize && size <= kMostSize, ErrorKind::kUsage,
          Str(size, " pieces: bytes alone are ", kBytes),
          Str("give ", kLeastSize, " to ", kMostSize));
  const Index most = std::max<Index>((size - kBytes) / 2, 1);
  const Bpe characters(CharactersOf(parts, most), {});
  return {characters.characters(),
          Joiner(parts, characters).Join(size - characters.size())};
}

std::vector<std::string> Bpe::Names() const {
  std::vector<std::string> names;
  for (Code code = 0; code < size(); ++code) {
    if (code < kBytes) {
      std::array<char, 8> name{};
      std::snprintf(name.data(), name.size(), "<0x%02x>",
                    static_cast<unsigned>(code));
      names.emplace_back(name.data());
      continue;
    }
    std::string name;
    for (const char c : pieces_[At(code)]) {
      if (c == ' ') {
        name += kBlankName;
      } else {
        name += c;
      }
    }
    names.push_back(std::move(name));
  }
  return names;
}

void Bpe::Encode(std::string_view text, std::vector<Code>* codes) const {
  ForBpeParts(text, [&](std::string_view part) { EncodePart(part, codes); });
}

// The pair that was joined first is joined first, of equal ones the left one.
void Bpe::EncodePart(std::string_view part, std::vector<Code>* codes) const {
  std::vector<Code> own;
  ForCharacters(part, [&](std::string_view text, bool is_character) {
    const auto at = is_character ? code_of_character_.find(std::string(text))
                                 : code_of_character_.end();
    if (at != code_of_character_.end()) {
      own.push_back(at->second);
      return;
    }
    for (const char c : text) own.push_back(static_cast<unsigned char>(c));
  });
  const auto count = static_cast<Code>(own.size());
  std::vector<Code> next(own.size());
  std::vector<Code> before(own.size());
  for (Code i = 0; i < count; ++i) {
    next[At(i)] = i + 1;
    before[At(i)] = i - 1;
  }
  using Step = std::tuple<Code, Code, Code>;  // code, place, right code
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps;
  const auto offer = [&](Code left) {
    if (left < 0 || next[At(left)] >= count) return;
    const Code right = next[At(left)];
    const auto at = code_of_pair_.find(KeyOf({own[At(left)], own[At(right)]}));
    if (at != code_of_pair_.end()) {
      steps.emplace(at->second, left, own[At(right)]);
    }
  };
  for (Code i = 0; i < count; ++i) offer(i);
  while (!steps.empty()) {
    const auto [code, left, right_code] = steps.top();
    steps.pop();
    const Code right = own[At(left)] < 0 ? count : next[At(left)];
    if (right >= count || own[At(right)] != right_code) continue;
    const auto at = code_of_pair_.find(KeyOf({own[At(left)], right_code}));
    if (at == code_of_pair_.end() || at->second != code) continue;
    own[At(left)] = code;
    own[At(right)] = -1;  // gone
    next[At(left)] = next[At(right)];
    if (next[At(left)] < count) before[At(next[At(left)])] = left;
    offer(before[At(left)]);
    offer(left);
  }
  for (const Code code : own) {
    if (code >= 0) codes->push_back(code);
  }
}

std::string Bpe::Decode(std::span<const Code> codes) const {
  std::string text;
  for (const Code code : codes) {
    if (code >= 0 && code < size()) text += pieces_[At(code)];
  }
  return text.starts_with(' ') ? text.substr(1) : text;
}

}  // namespace mtlkit
