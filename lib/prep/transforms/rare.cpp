// rare: categories that few training rows have become one, `(rare)`, so that
// what is learned of it rests on all of them. A category that training never
// saw becomes it as well: it is rarer still.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Of each column of a block how many categories it has; 0: it stays as it is.
std::string KnownCountsOf(const InputSpec& spec) {
  return spec.name + ".counts";
}
// What each category of those columns becomes, one column behind the other; -1
// is rare.
std::string BecomesOf(const InputSpec& spec) {
  return spec.name + ".becomes";
}

class RareMap : public Transform {
 public:
  RareMap(bool takes_unseen, TransformArrays arrays)
      : takes_unseen_(takes_unseen), arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result = inputs;
    for (InputSpec& spec : result) {
      if (!TakesCategories(spec.kind)) continue;
      const auto maps = RequireMaps(spec);
      for (std::size_t col = 0; col < maps.size(); ++col) {
        Rename(maps[col], &spec.categories[col]);
      }
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!TakesCategories(block.kind)) continue;
      const auto maps = RequireMaps(block);
      std::vector<std::int32_t> codes(block.codes.begin(), block.codes.end());
      for (Index at = 0; at < rows * block.cols; ++at) {
        std::int32_t& code = codes[At(at)];
        const std::span<const double> map = maps[At(at % block.cols)];
        if (map.empty() || code < 0) continue;
        code = Becomes(map, code);
      }
      block.codes = Array<std::int32_t>(std::move(codes));
      for (std::size_t col = 0; col < maps.size(); ++col) {
        Rename(maps[col], &block.categories[col]);
      }
    }
    return result;
  }

  TransformRecord Record() const override {
    return {"rare", DumpJson(nlohmann::json{{"takes_unseen", takes_unseen_}}),
            arrays_};
  }

 private:
  static std::int32_t Kept(std::span<const double> map) {
    return static_cast<std::int32_t>(
        std::ranges::count_if(map, [](double to) { return to >= 0; }));
  }
  // Rare ones come behind all that are kept, if there are some.
  static bool HasRare(std::span<const double> map) {
    return Kept(map) < std::ssize(map);
  }
  std::int32_t Becomes(std::span<const double> map, std::int32_t code) const {
    if (code >= std::ssize(map)) {
      return Kept(map) + (HasRare(map) && !takes_unseen_ ? 1 : 0);
    }
    const double to = map[At(code)];
    return to < 0 ? Kept(map) : static_cast<std::int32_t>(to);
  }

  static void Rename(std::span<const double> map,
                     std::vector<std::string>* names) {
    if (map.empty() || !HasRare(map)) return;
    std::vector<std::string> kept;
    for (std::size_t code = 0; code < map.size(); ++code) {
      if (map[code] >= 0) kept.push_back((*names)[code]);
    }
    std::string rare = "(rare)";
    while (std::ranges::count(kept, rare) > 0) rare = Str("(", rare, ")");
    kept.push_back(rare);
    *names = std::move(kept);
  }

  // The map of each column, checked: it may be from a file.
  std::vector<std::span<const double>> RequireMaps(
      const InputSpec& spec) const {
    const TransformRecord record = Record();
    const auto at = arrays_.find(BecomesOf(spec));
    if (at == arrays_.end()) {
      FailDamagedTransform("rare", Str("it lacks '", BecomesOf(spec), "'"));
    }
    std::span<const double> rest = at->second;
    std::vector<std::span<const double>> maps;
    for (const double count : ColumnArray(record, KnownCountsOf(spec), spec)) {
      const auto known =
          static_cast<double>(spec.categories[maps.size()].size());
      if ((count != 0 && count != known) ||
          count > static_cast<double>(rest.size())) {
        FailDamagedTransform(
            "rare", Str("a column has ", count, " categories of ", known));
      }
      maps.push_back(rest.first(static_cast<std::size_t>(count)));
      rest = rest.subspan(maps.back().size());
      RequireInOrder(maps.back());
    }
    if (!rest.empty()) {
      FailDamagedTransform("rare", "it has categories of no column");
    }
    return maps;
  }

  // Kept categories keep their order.
  static void RequireInOrder(std::span<const double> map) {
    double next = 0;
    for (const double to : map) {
      if (to == -1) continue;
      if (!(to == next)) {
        FailDamagedTransform("rare", "its categories are in no order");
      }
      next += 1;
    }
  }

  bool takes_unseen_;
  TransformArrays arrays_;
};

struct RareOptions {
  Index rows = 10;
  std::string unseen = "rare";

  void Describe(Fields& fields) {
    fields("rows", rows, "fewer training rows than this make a category rare",
           AtLeast(1));
    fields("unseen", unseen,
           "what a category that training never saw becomes: a rare one, or "
           "apart from them",
           {"rare", "apart"});
  }
};

std::vector<std::vector<Index>> CountCategories(const FitArgs& args,
                                                const InputSpec& spec) {
  std::vector<std::vector<Index>> counts;
  for (const auto& names : spec.categories) counts.emplace_back(names.size());
  args.rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      auto& column = counts[At(at % block.cols)];
      const std::int32_t code = block.codes[at];
      if (code >= 0 && code < std::ssize(column)) ++column[At(code)];
    }
  });
  return counts;
}

std::shared_ptr<const Transform> FitRare(const FitArgs& args,
                                         const RareOptions& options) {
  TransformArrays arrays;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesCategories(spec.kind)) continue;
    const std::vector<bool> chosen = ChosenColumns(args, spec);
    std::vector<double>& known = arrays[KnownCountsOf(spec)];
    std::vector<double>& becomes = arrays[BecomesOf(spec)];
    for (const auto& counts : CountCategories(args, spec)) {
      const bool acts = chosen[known.size()];
      known.push_back(acts ? static_cast<double>(counts.size()) : 0);
      if (!acts) continue;
      double next = 0;
      for (const Index rows : counts) {
        const bool is_rare = rows < options.rows;
        becomes.push_back(is_rare ? -1 : next);
        next += is_rare ? 0 : 1;
      }
    }
  }
  return std::make_shared<RareMap>(options.unseen == "rare", std::move(arrays));
}

std::shared_ptr<const Transform> RestoreRare(const TransformRecord& record) {
  return std::make_shared<RareMap>(
      ParseSpec(record).at("takes_unseen").get<bool>(), record.arrays);
}

}  // namespace

extern const TransformEntry kRareTransform;
const TransformEntry kRareTransform = {
    MakeEntry<FitRare, RareOptions>(
        "rare", "categories of few training rows become one, `(rare)`"),
    TakesCategories, RestoreRare};

}  // namespace mtlkit
