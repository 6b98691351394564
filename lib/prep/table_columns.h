#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "prep/fit.h"
#include "prep/piece.h"

namespace mtlkit {

// A column of a table: where it is and what it is called.
struct TableColumn {
  std::size_t block = 0;  // among the inputs
  Index col = 0;
  std::string view;  // "" in a table without views
  ColumnRef ref;

  const std::string& name() const { return ref.column; }
};

// All columns, block by block; of sparse blocks without names those of up to a
// million columns.
std::vector<TableColumn> ListColumns(const std::vector<InputBlock>& inputs);
std::vector<TableColumn> ListColumns(const std::vector<InputSpec>& inputs);

// The name of a column, COLUMN or VIEW.COLUMN, as `said` (base/name_said.h).
std::string ColumnSaid(const std::vector<TableColumn>& columns,
                       std::string_view said);

// The columns that `said` names, for the flag `flag`: COLUMN, VIEW.COLUMN,
// or a shell pattern of either. A name that is there is taken before it is
// read as a pattern. None is an error (kUsage) with the nearest name.
std::vector<TableColumn> FindColumns(const std::vector<TableColumn>& columns,
                                     std::string_view said,
                                     std::string_view flag);

// The number in a cell of a dense or sparse block; NaN is missing.
double CellNumber(const InputBlock& block, Index row, Index col);

// Calls visit(row, number) for all cells of a column, in the order of rows.
template <class Visit>
void ForCells(const InputBlock& block, Index rows, Index col, Visit visit) {
  for (Index row = 0; row < rows; ++row) {
    visit(row, CellNumber(block, row, col));
    const Index passed = row + 1;
    if (passed % kPieceRows == 0) {
      ForgetRows(block, passed - kPieceRows, kPieceRows);
    }
  }
}

// The values of a column as numbers of the names they have.
struct CodedColumn {
  std::vector<std::string> names;   // those that occur, in natural order
  std::vector<std::int32_t> codes;  // one a row; -1 is missing
  bool is_number = false;
};

CodedColumn CodeColumn(const Dataset& table, const TableColumn& column);

// One column of several views: the content must be equal. Otherwise kBadInput
// with the first row that differs.
CodedColumn CodeColumns(const Dataset& table,
                        const std::vector<TableColumn>& columns);

// Places `column` into views of one name: those of `columns` that are called
// as the first of them must all be so. For flags that take one column.
std::vector<TableColumn> FindOneColumn(const std::vector<TableColumn>& columns,
                                       std::string_view name,
                                       std::string_view flag);

}  // namespace mtlkit
