// ngrams: texts as the codes of their n-grams, hashed.
#include <nlohmann/json.hpp>
#include <utility>

#include "prep/ngrams.h"
#include "prep/text_transform.h"

namespace mtlkit {
namespace {

class NgramCoder final : public TextCoder {
 public:
  explicit NgramCoder(const NgramOptions& options) : hasher_(options) {}

  void Describe(InputSpec* spec) const override {
    spec->kind = InputKind::kTokens;
    spec->cols = 1;
    spec->categories.resize(1);
    for (Index code = 0; code < hasher_.buckets(); ++code) {
      spec->categories[0].push_back(std::to_string(code));
    }
  }
  void Append(std::string_view text, TextEntries* to) const override {
    hasher_.Append(text, &to->codes);
  }
  nlohmann::json Record(const std::string& /*prefix*/,
                        TransformArrays* /*arrays*/) const override {
    return nlohmann::json::object();
  }

 private:
  NgramHasher hasher_;
};

std::shared_ptr<const Transform> FitNgrams(const FitArgs& args,
                                           const NgramOptions& options) {
  std::vector<TextInput> columns = TextInputsOf(args, ".ngrams", options.keep);
  for (TextInput& column : columns) {
    column.coder = std::make_shared<NgramCoder>(options);
  }
  return std::make_shared<TextTransform>("ngrams", NgramOptionsJson(options),
                                         std::move(columns));
}

std::shared_ptr<const Transform> RestoreNgrams(const TransformRecord& record) {
  return RestoreTexts(
      record,
      [](const nlohmann::json& given, const nlohmann::json&,
         const std::string&) -> TextCoderPtr {
        return std::make_shared<NgramCoder>(ReadNgramOptions(given));
      });
}

}  // namespace

extern const TransformEntry kNgramsTransform;
const TransformEntry kNgramsTransform = {
    MakeEntry<FitNgrams, NgramOptions>(
        "ngrams",
        "texts as the codes of all their n-grams, hashed: tokens in no order"),
    TakesCategories, RestoreNgrams, true, true};

}  // namespace mtlkit
