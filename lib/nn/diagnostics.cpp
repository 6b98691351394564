#include "nn/diagnostics.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {

Index Diagnostics::step_count() const {
  return columns.empty() ? 0 : std::ssize(steps) / std::ssize(columns);
}

Index Diagnostics::pair_count() const {
  const Index count = std::ssize(tasks);
  return count * (count - 1) / 2;
}

Index Diagnostics::epoch_count() const {
  return pair_count() == 0 ? 0 : std::ssize(cosines) / pair_count();
}

Index Diagnostics::Find(const std::string& column) const {
  const auto found = std::ranges::find(columns, column);
  return found == columns.end() ? -1 : found - columns.begin();
}

double Diagnostics::Step(Index step, Index column) const {
  return steps[At(step * std::ssize(columns) + column)];
}

double Diagnostics::Cosine(Index epoch, Index a, Index b) const {
  if (a == b) return 1;
  if (a > b) std::swap(a, b);
  const Index count = std::ssize(tasks);
  const Index pair = a * count - a * (a + 1) / 2 + b - a - 1;
  return cosines[At(epoch * pair_count() + pair)];
}

void WriteDiagnostics(FileWriter& file, const Diagnostics& diagnostics,
                      const std::string& group) {
  if (diagnostics.empty()) return;
  file.WriteArray<double>(
      group + "/steps", diagnostics.steps,
      {diagnostics.step_count(), std::ssize(diagnostics.columns)});
  file.WriteArray<double>(
      group + "/cosines", diagnostics.cosines,
      {diagnostics.epoch_count(), diagnostics.pair_count()});
  file.WriteTexts(group + "_columns", diagnostics.columns);
  file.WriteTexts(group + "_tasks", diagnostics.tasks);
}

Diagnostics ReadDiagnostics(const FileReader& file, const std::string& group) {
  Diagnostics read;
  if (!file.Has(group)) return read;
  read.columns = file.ReadTexts(group + "_columns");
  read.tasks = file.ReadTexts(group + "_tasks");
  const auto take = [&](const std::string& name, Index cols) {
    FileArray<double> array = file.ReadArray<double>(group + name);
    Require(array.shape.size() == 2 && array.shape[1] == cols,
            ErrorKind::kBadInput,
            Str(file.name(), ": ", group, name, " does not have ", cols,
                " columns"));
    return std::move(array.values);
  };
  const std::set<std::string> names(read.columns.begin(), read.columns.end());
  Require(!read.columns.empty() && names.size() == read.columns.size(),
          ErrorKind::kBadInput,
          Str(file.name(), ": ", group, "_columns has a name twice, or none"));
  read.steps = take("/steps", std::ssize(read.columns));
  read.cosines = take("/cosines", read.pair_count());
  for (const char* column : {"step", "epoch", "cosine", "conflicts"}) {
    Require(read.Find(column) >= 0, ErrorKind::kBadInput,
            Str(file.name(), ": ", group, "_columns lacks '", column, "'"));
  }
  return read;
}

}  // namespace mtlkit
