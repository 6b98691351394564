#include "prep/fit_inputs.h"

#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "base/size_budget.h"
#include "base/text.h"
#include "data/presence.h"
#include "data/schema.h"
#include "prep/prepare_checks.h"
#include "prep/table_columns.h"
#include "prep/text_columns.h"
#include "prep/transform_entry.h"
#include "prep/transform_request.h"

namespace mtlkit {
namespace {

// One fit under way.
class Fitting {
 public:
  Fitting(const std::vector<InputBlock>& inputs, std::span<const Index> train,
          const PrepareOptions& options)
      : inputs_(inputs), train_(train), options_(options) {}

  Transforms Run(const ColumnSet& left_out) {
    left_out_ = &left_out;
    const std::vector<TextRequest> texts = TextRequests(options_);
    RequireTextsGoIn(texts);
    const ColumnSet columns = TextColumns(texts, Rows().specs());
    fitted_.push_back(FitSelect(Rows(), left_out, columns));
    Texts(texts);
    const auto has_columns = [&](bool (*takes)(InputKind)) {
      return std::ranges::any_of(Rows().specs(), [&](const InputSpec& spec) {
        return takes(spec.kind) && spec.cols > 0;
      });
    };
    const auto scaled = [](InputKind kind) {
      return TakesNumbers(kind) || kind == InputKind::kSparse;
    };
    RequireUsefulForms(options_,
                       {has_columns(TakesNumbers), has_columns(scaled),
                        has_columns(TakesCategories)});
    MarkPresence();
    Dates();
    const std::string scale = ScaleMethod(Rows().specs());
    for (const std::string& text : options_.transform) {
      const Choice choice = ParseTransformRequest(text).choice;
      if (!FindTransform(choice.name).of_texts) Chosen(text);
    }
    Impute();
    if (scale == "quantile") {
      // It goes before pieces, which are spread evenly already.
      const Names numbers = NamesIn(Rows().specs());
      Usual({scale, {}}, named_);
      Pieces();
      Names but = named_;
      but.insert(numbers.begin(), numbers.end());
      Usual({"standard", {{"margin", options_.margin}}}, but);
    } else {
      Pieces();
      if (scale != "none") {
        Usual({scale, {{"margin", options_.margin}}}, named_);
      }
    }
    Usual({options_.encode, {}}, stay_codes_);
    fitted_.push_back(FitLayout(Rows()));
    return std::move(fitted_);
  }

 private:
  // Columns by view and name: blocks come and go.
  using Names = std::set<std::pair<std::string, std::string>>;

  TrainingRows Rows() const { return {inputs_, fitted_, train_}; }

  // Adds a step. Before others are fitted to what it makes, which may take
  // long, that has to be within the bounds.
  void Add(std::shared_ptr<const Transform> step) {
    const Index before = Columns();
    fitted_.push_back(std::move(step));
    if (Columns() <= before) return;
    Transforms all = fitted_;
    all.push_back(FitLayout(Rows()));
    RequireWithin(TrainingRows(inputs_, all, train_).specs(),
                  std::ssize(train_), options_.max_size);
  }

  // What is fitted to each column is kept, and a row may name any number.
  void RequireFitWithin(const std::vector<InputSpec>& specs,
                        const Choice& choice, const ColumnSet& columns) const {
    constexpr double kFittedBytes = 16;
    for (const InputSpec& spec : specs) {
      if (spec.kind != InputKind::kSparse) continue;
      const bool is_chosen = std::ranges::any_of(
          columns,
          [&](const ColumnRef& ref) { return ref.block == spec.name; });
      if (!is_chosen) continue;
      SizeBudget(options_.max_size)
          .Require(
              kFittedBytes * static_cast<double>(spec.cols),
              Str(choice.name, " of ", Counted(spec.cols, "column", "columns"),
                  " of input '", spec.name, "'"),
              Str("do without ", choice.name));
    }
  }

  Index Columns() const {
    const TrainingRows rows = Rows();
    Index columns = 0;
    for (const InputSpec& spec : rows.specs()) columns += spec.cols;
    return columns;
  }

  static Names NamesIn(const std::vector<InputSpec>& specs) {
    Names names;
    for (const InputSpec& spec : specs) {
      for (const std::string& column : spec.columns) {
        names.insert({ViewOf(spec.name), column});
      }
    }
    return names;
  }

  void RequireTextsGoIn(const std::vector<TextRequest>& texts) const {
    std::vector<InputSpec> specs = Rows().specs();
    for (InputSpec& spec : specs) {
      std::erase_if(spec.columns, [&](const std::string& column) {
        return left_out_->count({spec.name, column}) > 0;
      });
    }
    for (const TextRequest& request : texts) {
      RequireGoesIn(request.columns, specs, request.where);
    }
  }

  // Each column by itself: it stays until the last step that reads it.
  void Texts(const std::vector<TextRequest>& requests) {
    std::vector<std::pair<ColumnRef, const TextRequest*>> steps;
    for (const TextRequest& request : requests) {
      for (const ColumnRef& ref : TextColumns({request}, Rows().specs())) {
        steps.emplace_back(ref, &request);
      }
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto& [column, request] = steps[i];
      Choice choice = request->choice;
      const bool keeps = std::any_of(
          steps.begin() + static_cast<Index>(i) + 1, steps.end(),
          [&, &ref = column](const auto& later) { return later.first == ref; });
      if (keeps) choice.options.emplace_back("keep", "true");
      if (std::ranges::count(options_.written, TokenBlockOf(*request, column)) >
          0) {
        choice.options.emplace_back("begin", "true");
      }
      Add(FitTransform(Rows(), choice, {column}, request->where));
    }
  }

  // What --transform says. The columns it names and those that come of them
  // are its own.
  void Chosen(const std::string& text) {
    const TransformRequest request = ParseTransformRequest(text);
    const std::string where = Str("--transform ", text);
    const TrainingRows rows = Rows();
    RequireGoesIn(request.columns, rows.specs(), where);
    const Names before = NamesIn(rows.specs());
    ColumnSet columns;
    for (const TableColumn& column : FindColumns(
             ListColumns(rows.specs()), request.columns, "--transform")) {
      columns.insert(column.ref);
      const std::pair name(ViewOf(column.ref.block), column.name());
      named_.insert(name);
      if (request.choice.name == "index") stay_codes_.insert(name);
      if (request.choice.name == "impute") imputed_.insert(name);
    }
    RequireFitWithin(rows.specs(), request.choice, columns);
    Add(FitTransform(rows, request.choice, columns, where));
    for (const auto& name : NamesIn(Rows().specs())) {
      if (before.count(name) == 0) named_.insert(name);
    }
  }

  // A pattern may name columns that are left out beside some that go in.
  void RequireGoesIn(const std::string& said,
                     const std::vector<InputSpec>& specs,
                     const std::string& where) const {
    const auto names = [&](const std::string& view, const std::string& column) {
      const std::string full = Str(view, ".", column);
      return column == said || full == said || MatchesPattern(said, column) ||
             MatchesPattern(said, full);
    };
    for (const auto& [view, column] : NamesIn(specs)) {
      if (names(view, column)) return;
    }
    std::vector<std::string> left;
    for (const ColumnRef& ref : *left_out_) {
      if (names(ViewOf(ref.block), ref.column)) left.push_back(ref.column);
    }
    if (left.empty()) return;  // no column at all, which FindColumns says
    const std::string all = Join(left, "', '");
    Fail(ErrorKind::kUsage,
         left.size() == 1
             ? Str(where, ": column '", all, "' is no input")
             : Str(where, ": none of the columns '", all, "' is an input"),
         "such columns have another use, are left out, or have one value in "
         "the training rows");
  }

  // A short form: a transform of all columns that it takes but some.
  void Usual(const Choice& choice, const Names& but) {
    const TransformEntry& entry = FindTransform(choice.name);
    const TrainingRows rows = Rows();
    ColumnSet columns;
    for (const InputSpec& spec : rows.specs()) {
      if (entry.takes(spec.kind)) AddColumns(spec, but, &columns);
    }
    if (columns.empty()) return;
    RequireFitWithin(rows.specs(), choice, columns);
    Add(FitTransform(rows, choice, columns, choice.name));
  }

  static void AddColumns(const InputSpec& spec, const Names& but,
                         ColumnSet* columns) {
    const std::string view = ViewOf(spec.name);
    const auto is_left = [&](const std::string& column) {
      return but.count({view, column}) > 0;
    };
    if (std::none_of(spec.columns.begin(), spec.columns.end(), is_left)) {
      columns->insert({spec.name, ""});
      return;
    }
    for (const std::string& column : spec.columns) {
      if (!is_left(column)) columns->insert({spec.name, column});
    }
  }

  // What says which rows have a view is known before anything is filled in, and
  // goes in as it is.
  void MarkPresence() {
    auto marks = FitTransform(Rows(), "presence");
    if (marks->Specs(Rows().specs()).size() > Rows().specs().size()) {
      Add(std::move(marks));
    }
    const std::vector<InputSpec> specs = Rows().specs();
    for (const InputSpec& spec : specs) {
      const std::string view = ViewMarkedBy(spec.name);
      const bool is_beside = std::ranges::any_of(
          specs,
          [&](const InputSpec& other) { return ViewOf(other.name) == view; });
      if (view.empty() || !is_beside) continue;
      for (const auto& name : NamesIn({spec})) {
        named_.insert(name);
        imputed_.insert(name);
      }
    }
  }

  // What a table calls dates are taken apart before all else.
  void Dates() {
    const TrainingRows rows = Rows();
    ColumnSet columns;
    for (const InputSpec& spec : rows.specs()) {
      for (const std::string& column : spec.dates) {
        columns.insert({spec.name, column});
      }
    }
    if (columns.empty()) return;
    Add(FitTransform(rows, {"date", {}}, columns, "date"));
  }

  // Indicators of what was missing go in as they are.
  void Impute() {
    const Names before = NamesIn(Rows().specs());
    Usual({"impute",
           {{"method", options_.impute},
            {"indicator", options_.indicator == "auto" ? "true" : "false"}}},
          imputed_);
    for (const auto& name : NamesIn(Rows().specs())) {
      if (before.count(name) == 0) named_.insert(name);
    }
  }

  void Pieces() {
    if (options_.pieces == 0) return;
    Require(options_.pieces > 1, ErrorKind::kUsage,
            "--pieces 1: one piece would be the number again",
            Str("give 0, or a number from 2 to ", kMostPieces));
    Usual({"pieces", {{"count", std::to_string(options_.pieces)}}}, named_);
  }

  std::string ScaleMethod(const std::vector<InputSpec>& specs) const {
    const bool sparse = std::any_of(
        specs.begin(), specs.end(),
        [](const InputSpec& spec) { return spec.kind == InputKind::kSparse; });
    if (options_.scale == "auto") return "standard";
    Require(!sparse || options_.scale == "none" || options_.scale == "max-abs",
            ErrorKind::kUsage,
            Str("--scale ", options_.scale,
                " would fill the zeros of sparse inputs"),
            "--scale max-abs or --scale none");
    return options_.scale;
  }

  const std::vector<InputBlock>& inputs_;
  std::span<const Index> train_;
  const PrepareOptions& options_;
  const ColumnSet* left_out_ = nullptr;
  Transforms fitted_;
  Names named_;       // by --transform, or made of such columns
  Names imputed_;     // by an impute of their own
  Names stay_codes_;  // by an index of their own
};

}  // namespace

void RequireUsefulForms(const PrepareOptions& options,
                        const KindsOfColumns& kinds) {
  const PrepareOptions usual;
  const auto require = [](bool holds, std::string_view flag,
                          const std::string& value, std::string_view kind) {
    Require(holds, ErrorKind::kUsage,
            Str("--", flag, " ", value,
                " has no effect: no input is a column "
                "of ",
                kind),
            "leave it out");
  };
  require(options.impute == usual.impute || kinds.numbers, "impute",
          options.impute, "numbers");
  require(options.indicator == usual.indicator || kinds.numbers, "indicator",
          options.indicator, "numbers");
  require(options.pieces == usual.pieces || kinds.numbers, "pieces",
          std::to_string(options.pieces), "numbers");
  require(
      options.scale == usual.scale || options.scale == "none" || kinds.scaled,
      "scale", options.scale, "numbers");
  Require(options.margin == usual.margin || options.scale != "quantile",
          ErrorKind::kUsage,
          Str("--margin ", options.margin,
              " has no effect: --scale quantile holds numbers within those of "
              "the training rows"),
          "leave it out");
  require(options.margin == usual.margin ||
              (kinds.scaled && options.scale != "none"),
          "margin", options.margin, "numbers that --scale scales");
  require(options.encode == usual.encode || kinds.categories, "encode",
          options.encode, "categories");
}

void RequireColumnsFor(const PrepareOptions& options, bool has_no_table,
                       const std::set<std::string>& other_blocks) {
  for (const std::string& text : options.transform) {
    const std::string columns = ParseTransformRequest(text).columns;
    Require(!has_no_table && other_blocks.count(columns) == 0,
            ErrorKind::kUsage,
            Str("--transform ", text,
                ": images and texts go in as they are, they have no columns"),
            "leave it out");
  }
  if (has_no_table) RequireUsefulForms(options, {});
}

Transforms FitInputs(const std::vector<InputBlock>& inputs,
                     std::span<const Index> train, const ColumnSet& left_out,
                     const PrepareOptions& options) {
  return Fitting(inputs, train, options).Run(left_out);
}

}  // namespace mtlkit
