// bpe: texts as codes of pieces of words, in their order.
#include "prep/bpe.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "prep/text_transform.h"

namespace mtlkit {
namespace {

struct BpeOptions {
  Index size = 8000;
  Index length = 0;
  bool keep = false;
  bool begin = false;

  void Describe(Fields& fields) {
    fields("size", size, "codes at most, 256 of which are single bytes",
           Between(Bpe::kLeastSize, Bpe::kMostSize));
    fields("length", length,
           "pieces of a text behind these are cut off; 0: none", AtLeast(0));
    fields("keep", keep, "the column stays for a transform behind this one");
    fields("begin", begin, "a token stands in front of each text");
  }
};

class BpeCoder final : public TextCoder {
 public:
  BpeCoder(Bpe bpe, Index length) : bpe_(std::move(bpe)), length_(length) {}

  void Describe(InputSpec* spec) const override {
    spec->kind = InputKind::kTokens;
    spec->cols = 1;
    spec->categories = {bpe_.Names()};
  }
  void Append(std::string_view text, TextEntries* to) const override {
    const std::size_t before = to->codes.size();
    bpe_.Encode(text, &to->codes);
    if (length_ > 0 &&
        std::ssize(to->codes) - static_cast<Index>(before) > length_) {
      to->codes.resize(before + At(length_));
    }
  }
  std::optional<std::string> Decode(
      std::span<const std::int32_t> codes) const override {
    return bpe_.Decode(codes);
  }
  nlohmann::json Record(const std::string& prefix,
                        TransformArrays* arrays) const override {
    std::vector<double>& joined = (*arrays)[prefix + "joined"];
    for (const auto& [left, right] : bpe_.joined()) {
      joined.push_back(left);
      joined.push_back(right);
    }
    return {{"characters", bpe_.characters()}};
  }

 private:
  Bpe bpe_;
  Index length_;
};

std::shared_ptr<const Transform> FitBpe(const FitArgs& args,
                                        const BpeOptions& options) {
  std::vector<TextInput> columns =
      TextInputsOf(args, ".bpe", options.keep, options.begin);
  for (TextInput& column : columns) {
    BpeCounter counter;
    ForTrainingTexts(args.rows, column.column,
                     [&](std::string_view text) { counter.Add(text); });
    column.coder = std::make_shared<BpeCoder>(
        Bpe::Train(counter.parts(), options.size), options.length);
  }
  return std::make_shared<TextTransform>(
      "bpe", nlohmann::json{{"length", options.length}}, std::move(columns));
}

std::shared_ptr<const Transform> RestoreBpe(const TransformRecord& record) {
  return RestoreTexts(
      record,
      [&](const nlohmann::json& given, const nlohmann::json& own,
          const std::string& prefix) -> TextCoderPtr {
        const auto joined = record.arrays.find(prefix + "joined");
        if (joined == record.arrays.end() || joined->second.size() % 2 != 0) {
          FailDamagedTransform("bpe", "it lacks its pairs");
        }
        std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
        for (std::size_t i = 0; i < joined->second.size(); i += 2) {
          const double left = joined->second[i];
          const double right = joined->second[i + 1];
          if (!(left >= 0 && left < Bpe::kMostSize && right >= 0 &&
                right < Bpe::kMostSize)) {
            FailDamagedTransform("bpe", "a pair is of no codes");
          }
          pairs.emplace_back(static_cast<std::int32_t>(left),
                             static_cast<std::int32_t>(right));
        }
        return std::make_shared<BpeCoder>(
            Bpe(own.at("characters").get<std::vector<std::string>>(),
                std::move(pairs)),
            JsonInteger(given.at("length")).value_or(0));
      });
}

}  // namespace

extern const TransformEntry kBpeTransform;
const TransformEntry kBpeTransform = {
    MakeEntry<FitBpe, BpeOptions>(
        "bpe",
        "texts as codes of pieces of words that stand beside each other often: "
        "tokens, of any script"),
    TakesCategories, RestoreBpe, true, true};

}  // namespace mtlkit
