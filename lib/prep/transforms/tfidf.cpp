// tfidf: texts as numbers, one column a hashed n-gram: how often a text has it,
// by how many texts have it.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "prep/ngrams.h"
#include "prep/text_transform.h"

namespace mtlkit {
namespace {

// The entry of code c is (1 + log n_c) w_c, divided by the length of the row of
// these, where n_c says how often the text has it and w_c = 1 + log((1 + T) /
// (1 + T_c)), T_c of the T training texts having it: sublinear tf-idf, as
// scikit-learn's TfidfVectorizer has it (Manning, Raghavan and Schuetze,
// "Introduction to information retrieval", 2008, section 6.4).
class TfidfCoder final : public TextCoder {
 public:
  TfidfCoder(const NgramOptions& options, std::vector<double> weights)
      : hasher_(options), weights_(std::move(weights)) {}

  void Describe(InputSpec* spec) const override {
    spec->kind = InputKind::kSparse;
    spec->cols = hasher_.buckets();
  }
  void Append(std::string_view text, TextEntries* to) const override {
    std::vector<std::int32_t> codes;
    hasher_.Append(text, &codes);
    std::ranges::sort(codes);
    std::vector<double> values;
    double squares = 0;
    for (std::size_t first = 0; first < codes.size();) {
      std::size_t end = first + 1;
      while (end < codes.size() && codes[end] == codes[first]) ++end;
      to->codes.push_back(codes[first]);
      values.push_back((1 + std::log(static_cast<double>(end - first))) *
                       weights_[At(codes[first])]);
      squares += values.back() * values.back();
      first = end;
    }
    for (const double value : values) {
      to->values.push_back(static_cast<float>(value / std::sqrt(squares)));
    }
  }
  nlohmann::json Record(const std::string& prefix,
                        TransformArrays* arrays) const override {
    (*arrays)[prefix + "weights"] = weights_;
    return nlohmann::json::object();
  }

 private:
  NgramHasher hasher_;
  std::vector<double> weights_;
};

std::vector<double> WeightsOf(const FitArgs& args, const ColumnRef& column,
                              const NgramOptions& options) {
  const NgramHasher hasher(options);
  std::vector<double> counts(At(options.buckets));
  double texts = 0;
  std::vector<std::int32_t> codes;
  ForTrainingTexts(args.rows, column, [&](std::string_view text) {
    ++texts;
    codes.clear();
    hasher.Append(text, &codes);
    std::ranges::sort(codes);
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    for (const std::int32_t code : codes) ++counts[At(code)];
  });
  for (double& count : counts) count = 1 + std::log((1 + texts) / (1 + count));
  return counts;
}

std::shared_ptr<const Transform> FitTfidf(const FitArgs& args,
                                          const NgramOptions& options) {
  std::vector<TextInput> columns = TextInputsOf(args, ".tfidf", options.keep);
  for (TextInput& column : columns) {
    column.coder = std::make_shared<TfidfCoder>(
        options, WeightsOf(args, column.column, options));
  }
  return std::make_shared<TextTransform>("tfidf", NgramOptionsJson(options),
                                         std::move(columns));
}

std::shared_ptr<const Transform> RestoreTfidf(const TransformRecord& record) {
  return RestoreTexts(
      record,
      [&](const nlohmann::json& given, const nlohmann::json&,
          const std::string& prefix) -> TextCoderPtr {
        const NgramOptions options = ReadNgramOptions(given);
        const auto weights = record.arrays.find(prefix + "weights");
        const bool fits =
            weights != record.arrays.end() &&
            std::ssize(weights->second) == options.buckets &&
            std::ranges::all_of(weights->second, [](double weight) {
              return std::isfinite(weight) && weight > 0;
            });
        if (!fits) FailDamagedTransform("tfidf", "its weights do not fit");
        return std::make_shared<TfidfCoder>(options, weights->second);
      });
}

}  // namespace

extern const TransformEntry kTfidfTransform;
const TransformEntry kTfidfTransform = {
    MakeEntry<FitTfidf, NgramOptions>(
        "tfidf",
        "texts as sparse numbers, one column a hashed n-gram: how often a "
        "text has it, by how many texts have it"),
    TakesCategories, RestoreTfidf, true, true};

}  // namespace mtlkit
