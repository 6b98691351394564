#include "eval/tag_rows.h"

#include <cmath>

namespace mtlkit {
namespace {

// Where rows of no task are measured, as tests do, names say nothing.
std::vector<std::string> NamesOf(const MetricRows& rows) {
  if (!rows.tags.empty()) return rows.tags;
  std::vector<std::string> names;
  for (Index i = 0; i < rows.output_cols; ++i) {
    names.push_back(std::to_string(i));
  }
  return names;
}

}  // namespace

void ForTexts(std::span<const Index> texts, Index rows,
              const std::function<void(Index first, Index count)>& visit) {
  Index first = 0;
  while (first < rows) {
    Index end = first + 1;
    while (!texts.empty() && end < rows && texts[At(end)] == texts[At(first)]) {
      ++end;
    }
    visit(first, end - first);
    first = end;
  }
}

std::vector<std::int32_t> DecodeTexts(const std::vector<std::string>& names,
                                      std::span<const Index> texts,
                                      std::span<const double> output) {
  const TagScheme scheme(names);
  const std::size_t cols = names.size();
  std::vector<std::int32_t> tags;
  tags.reserve(output.size() / cols);
  ForTexts(texts, std::ssize(output) / std::ssize(names),
           [&](Index first, Index count) {
             const auto path = scheme.Decode(
                 output.subspan(At(first) * cols, At(count) * cols));
             tags.insert(tags.end(), path.begin(), path.end());
           });
  return tags;
}

TagRows::TagRows(const MetricRows& rows)
    : rows_(rows), scheme_(NamesOf(rows)), predicted_(rows.decoded) {
  if (predicted_.empty()) {
    std::vector<std::string> known = NamesOf(rows);
    known.resize(At(rows.output_cols));  // others are never predicted
    predicted_ = DecodeTexts(known, rows.texts, rows.output);
  }
  truth_.reserve(rows.y.size());
  for (const double label : rows.y) {
    truth_.push_back(std::isnan(label) ? -1 : static_cast<std::int32_t>(label));
  }
}

void TagRows::ForEach(
    const std::function<void(Index first, Index count)>& visit) const {
  ForTexts(rows_.texts, rows_.rows, visit);
}

}  // namespace mtlkit
