#include "eval/porter_stem.h"

#include <algorithm>
#include <span>
#include <vector>

namespace mtlkit {
namespace {

using Condition = bool (*)(std::string_view stem);

struct Rule {
  std::string_view suffix;
  std::string_view with;
  Condition condition = nullptr;  // of what stands before the suffix
};

// Whether each letter is a consonant: y is one in front and behind a vowel.
std::vector<bool> Consonants(std::string_view word) {
  std::vector<bool> is_consonant;
  for (const char c : word) {
    const bool is_vowel =
        std::string_view("aeiou").find(c) != std::string_view::npos;
    is_consonant.push_back(
        c == 'y' ? is_consonant.empty() || !is_consonant.back() : !is_vowel);
  }
  return is_consonant;
}

// How often a vowel is followed by a consonant.
int Measure(std::string_view stem) {
  const std::vector<bool> is_consonant = Consonants(stem);
  int measure = 0;
  for (std::size_t i = 1; i < is_consonant.size(); ++i) {
    measure += static_cast<int>(is_consonant[i] && !is_consonant[i - 1]);
  }
  return measure;
}
bool IsLong(std::string_view stem) {
  return Measure(stem) > 0;
}
bool IsLonger(std::string_view stem) {
  return Measure(stem) > 1;
}

bool HasVowel(std::string_view stem) {
  const std::vector<bool> is_consonant = Consonants(stem);
  return std::ranges::find(is_consonant, false) != is_consonant.end();
}

bool EndsInDouble(std::string_view word) {
  return word.size() >= 2 && word.back() == word[word.size() - 2] &&
         Consonants(word).back();
}

// Consonant, vowel, consonant, the last not w, x or y; or a vowel and a
// consonant alone.
bool EndsShort(std::string_view word) {
  const std::vector<bool> c = Consonants(word);
  const std::size_t n = c.size();
  if (n == 2) return !c[0] && c[1];
  return n >= 3 && c[n - 3] && !c[n - 2] && c[n - 1] &&
         std::string_view("wxy").find(word.back()) == std::string_view::npos;
}

// By the first rule whose suffix the word has.
std::string Apply(std::string word, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const std::string_view stem =
        std::string_view(word).substr(0, word.size() - rule.suffix.size());
    if (rule.condition != nullptr && !rule.condition(stem)) return word;
    return std::string(stem) + std::string(rule.with);
  }
  return word;
}

std::string WithoutPlural(std::string word) {
  static constexpr Rule kRules[] = {
      {"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}};
  if (word.size() == 4 && word.ends_with("ies")) {
    word.pop_back();
    return word;
  }
  return Apply(std::move(word), kRules);
}

// What is left of a word without -ed or -ing, with what it needs.
std::string Mended(std::string stem) {
  for (const std::string_view end : {"at", "bl", "iz"}) {
    if (stem.ends_with(end)) return stem + "e";
  }
  if (EndsInDouble(stem)) {
    if (std::string_view("lsz").find(stem.back()) == std::string_view::npos) {
      stem.pop_back();
    }
    return stem;
  }
  return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
}

std::string WithoutPast(std::string word) {
  if (word.ends_with("ied")) {
    word.resize(word.size() - (word.size() == 4 ? 1 : 2));
    return word;
  }
  if (word.ends_with("eed")) {
    if (IsLong(word.substr(0, word.size() - 3))) word.pop_back();
    return word;
  }
  for (const std::string_view suffix : {"ed", "ing"}) {
    if (!word.ends_with(suffix)) continue;
    std::string stem = word.substr(0, word.size() - suffix.size());
    if (HasVowel(stem)) return Mended(std::move(stem));
  }
  return word;
}

bool TakesI(std::string_view stem) {
  return stem.size() > 1 && Consonants(stem).back();
}

constexpr Rule kDouble[] = {
    {"ational", "ate", IsLong}, {"tional", "tion", IsLong},
    {"enci", "ence", IsLong},   {"anci", "ance", IsLong},
    {"izer", "ize", IsLong},    {"bli", "ble", IsLong},
    {"alli", "al", IsLong},     {"entli", "ent", IsLong},
    {"eli", "e", IsLong},       {"ousli", "ous", IsLong},
    {"ization", "ize", IsLong}, {"ation", "ate", IsLong},
    {"ator", "ate", IsLong},    {"alism", "al", IsLong},
    {"iveness", "ive", IsLong}, {"fulness", "ful", IsLong},
    {"ousness", "ous", IsLong}, {"aliti", "al", IsLong},
    {"iviti", "ive", IsLong},   {"biliti", "ble", IsLong},
    {"fulli", "ful", IsLong}};

std::string WithoutDouble(std::string word) {
  while (word.ends_with("alli") && IsLong(word.substr(0, word.size() - 4))) {
    word.resize(word.size() - 2);
  }
  // The l counts, too.
  if (word.ends_with("logi")) {
    if (IsLong(word.substr(0, word.size() - 3))) word.pop_back();
    return word;
  }
  return Apply(std::move(word), kDouble);
}

constexpr Rule kThird[] = {{"icate", "ic", IsLong}, {"ative", "", IsLong},
                           {"alize", "al", IsLong}, {"iciti", "ic", IsLong},
                           {"ical", "ic", IsLong},  {"ful", "", IsLong},
                           {"ness", "", IsLong}};

bool TakesNoIon(std::string_view stem) {
  return IsLonger(stem) && (stem.back() == 's' || stem.back() == 't');
}

constexpr Rule kFourth[] = {
    {"al", "", IsLonger},   {"ance", "", IsLonger}, {"ence", "", IsLonger},
    {"er", "", IsLonger},   {"ic", "", IsLonger},   {"able", "", IsLonger},
    {"ible", "", IsLonger}, {"ant", "", IsLonger},  {"ement", "", IsLonger},
    {"ment", "", IsLonger}, {"ent", "", IsLonger},  {"ion", "", TakesNoIon},
    {"ou", "", IsLonger},   {"ism", "", IsLonger},  {"ate", "", IsLonger},
    {"iti", "", IsLonger},  {"ous", "", IsLonger},  {"ive", "", IsLonger},
    {"ize", "", IsLonger}};

std::string WithoutE(std::string word) {
  if (!word.ends_with('e')) return word;
  const std::string stem = word.substr(0, word.size() - 1);
  const int measure = Measure(stem);
  return measure > 1 || (measure == 1 && !EndsShort(stem)) ? stem : word;
}

struct Irregular {
  std::string_view word;
  std::string_view stem;
};
constexpr Irregular kIrregular[] = {
    {"sky", "sky"},        {"skies", "sky"},        {"dying", "die"},
    {"lying", "lie"},      {"tying", "tie"},        {"news", "news"},
    {"innings", "inning"}, {"inning", "inning"},    {"outings", "outing"},
    {"outing", "outing"},  {"cannings", "canning"}, {"canning", "canning"},
    {"howe", "howe"},      {"proceed", "proceed"},  {"exceed", "exceed"},
    {"succeed", "succeed"}};

}  // namespace

std::string PorterStem(std::string_view word) {
  for (const Irregular& irregular : kIrregular) {
    if (word == irregular.word) return std::string(irregular.stem);
  }
  if (word.size() <= 2) return std::string(word);
  static constexpr Rule kI[] = {{"y", "i", TakesI}};
  std::string stem = WithoutPlural(std::string(word));
  stem = WithoutPast(std::move(stem));
  stem = Apply(std::move(stem), kI);
  stem = WithoutDouble(std::move(stem));
  stem = Apply(std::move(stem), kThird);
  stem = Apply(std::move(stem), kFourth);
  stem = WithoutE(std::move(stem));
  if (stem.ends_with("ll") && IsLonger(stem.substr(0, stem.size() - 1))) {
    stem.pop_back();
  }
  return stem;
}

}  // namespace mtlkit
