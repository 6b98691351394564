#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "base/view.h"
#include "text/text_table.h"

namespace mtlkit {

// Rows as a format writes them, appended to a buffer.
class TextRowWriter : public CellWriter {
 public:
  explicit TextRowWriter(std::string* buffer) : buffer_(*buffer) {}

  void BeginRow();
  virtual void EndRow() = 0;

  void Number(float value) final;
  void Number(double value) final;
  void Integer(std::int64_t value) final;
  void Text(std::string_view text) final;
  void Missing() final;
  void Zeros(Index count) override;

 protected:
  virtual void OpenRow() = 0;
  // Called before each cell.
  virtual void OpenCell(Index column) = 0;
  virtual void PutText(std::string_view text) = 0;
  virtual void PutMissing() = 0;
  // Goes on behind so many cells that are not written.
  void Pass(Index count) { column_ += count; }

  std::string& buffer_;

 private:
  template <class T>
  void PutNumber(T value);

  Index column_ = 0;
};

struct WrittenTable;

// All names of columns, in their order. Throws kBadInput where one is there
// twice.
std::vector<std::string> NamesOf(const std::vector<TextColumn>& columns);

// Writes the rows of a table to `output`, whole or not at all; "-" is stdout.
// `rows` appends to `buffer`, which may begin with a header.
void WriteRows(const WrittenTable& table, TextRowWriter* rows,
               std::string* buffer, const std::string& output);

}  // namespace mtlkit
