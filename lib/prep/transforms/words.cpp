// words: texts as codes of their words, in their order.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "data/dataset.h"
#include "prep/text_transform.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

struct WordsOptions {
  Index least = 2;
  Index most = 100000;
  Index length = 0;
  std::string split = "blanks";
  bool lower = false;
  bool keep = false;
  bool begin = false;

  void Describe(Fields& fields) {
    fields("least", least,
           "a word that the training rows have less often is unknown",
           AtLeast(1));
    fields("max", most, "words of the vocabulary, the most frequent ones",
           AtLeast(1));
    fields("length", length,
           "words of a text behind these are cut off; 0: none", AtLeast(0));
    fields("split", split,
           "where words end: blanks, or marks, too, each of which is then a "
           "word, as are characters of scripts without blanks",
           {"blanks", "marks"});
    fields("lower", lower, "capital letters become small ones");
    fields("keep", keep, "the column stays for a transform behind this one");
    fields("begin", begin, "a token stands in front of each text");
  }
};

// How texts are taken apart, whatever the vocabulary.
class WordSplitter {
 public:
  explicit WordSplitter(const WordsOptions& options) : options_(options) {}

  template <class Visit>
  void ForEach(std::string_view text, Visit visit) const {
    const std::string small = options_.lower ? LowerCase(text) : std::string();
    if (options_.lower) text = small;
    Index count = 0;
    const auto visit_some = [&](std::string_view word) {
      if (options_.length > 0 && count++ >= options_.length) return;
      visit(word);
    };
    options_.split == "blanks" ? ForBlankWords(text, visit_some)
                               : ForMarkedWords(text, visit_some);
  }

 private:
  WordsOptions options_;
};

class WordCoder final : public TextCoder {
 public:
  WordCoder(const WordsOptions& options, std::vector<std::string> words)
      : splitter_(options), words_(std::move(words)) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      numbers_[words_[i]] = static_cast<std::int32_t>(i);
    }
  }

  void Describe(InputSpec* spec) const override {
    spec->kind = InputKind::kTokens;
    spec->cols = 1;
    spec->categories = {words_};
  }
  void Append(std::string_view text, TextEntries* to) const override {
    splitter_.ForEach(text, [&](std::string_view word) {
      const auto at = numbers_.find(word);
      to->codes.push_back(at == numbers_.end() ? -1 : at->second);
    });
  }
  // Words between blanks; U+FFFD for one that has no code.
  std::optional<std::string> Decode(
      std::span<const std::int32_t> codes) const override {
    std::vector<std::string> words;
    for (const std::int32_t code : codes) {
      const bool is_known = code >= 0 && At(code) < words_.size();
      words.push_back(is_known ? words_[At(code)] : "\xEF\xBF\xBD");
    }
    return Join(words, " ");
  }
  nlohmann::json Record(const std::string& /*prefix*/,
                        TransformArrays* /*arrays*/) const override {
    return {{"words", words_}};
  }

 private:
  WordSplitter splitter_;
  std::vector<std::string> words_;
  std::unordered_map<std::string_view, std::int32_t> numbers_;
};

// The most frequent first, of equal ones that which is less by bytes.
std::vector<std::string> Vocabulary(const FitArgs& args,
                                    const ColumnRef& column,
                                    const WordsOptions& options) {
  const WordSplitter splitter(options);
  std::map<std::string, Index, std::less<>> counts;
  ForTrainingTexts(args.rows, column, [&](std::string_view text) {
    splitter.ForEach(text, [&](std::string_view word) {
      const auto at = counts.find(word);
      if (at != counts.end()) {
        ++at->second;
      } else if (IsUtf8(word) && word != kBeginToken) {
        counts.emplace(word, 1);
      }
    });
  });
  std::vector<std::pair<std::string, Index>> words;
  for (const auto& [word, count] : counts) {
    if (count >= options.least) words.emplace_back(word, count);
  }
  std::ranges::stable_sort(words, std::greater<>(),
                           &std::pair<std::string, Index>::second);
  words.resize(std::min(words.size(), At(options.most)));
  Require(!words.empty(), ErrorKind::kBadInput,
          Str("column '", column.column, "': no word is there ", options.least,
              " times in the training rows"),
          "words:least=1 takes all of them");
  std::vector<std::string> names;
  for (auto& [word, count] : words) names.push_back(std::move(word));
  return names;
}

nlohmann::json OptionsJson(const WordsOptions& options) {
  return {{"length", options.length},
          {"split", options.split},
          {"lower", options.lower}};
}

std::shared_ptr<const Transform> FitWords(const FitArgs& args,
                                          const WordsOptions& options) {
  std::vector<TextInput> columns =
      TextInputsOf(args, "", options.keep, options.begin);
  for (TextInput& column : columns) {
    column.coder = std::make_shared<WordCoder>(
        options, Vocabulary(args, column.column, options));
  }
  return std::make_shared<TextTransform>("words", OptionsJson(options),
                                         std::move(columns));
}

std::shared_ptr<const Transform> RestoreWords(const TransformRecord& record) {
  return RestoreTexts(record,
                      [](const nlohmann::json& given, const nlohmann::json& own,
                         const std::string&) -> TextCoderPtr {
                        WordsOptions options;
                        given.at("length").get_to(options.length);
                        given.at("split").get_to(options.split);
                        given.at("lower").get_to(options.lower);
                        return std::make_shared<WordCoder>(
                            options,
                            own.at("words").get<std::vector<std::string>>());
                      });
}

}  // namespace

extern const TransformEntry kWordsTransform;
const TransformEntry kWordsTransform = {
    MakeEntry<FitWords, WordsOptions>(
        "words", "texts as codes of their words: tokens, with a vocabulary"),
    TakesCategories, RestoreWords, true, true};

}  // namespace mtlkit
