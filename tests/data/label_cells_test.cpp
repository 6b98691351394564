#include "data/label_cells.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "data/dataset_io.h"
#include "data/small_table.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

constexpr LabelStorage kStorages[] = {
    LabelStorage::kNumbers, LabelStorage::kFlags, LabelStorage::kCodes};

TEST_CASE("cells are the same numbers however they are kept") {
  for (const LabelStorage storage : kStorages) {
    LabelCells cells(storage);
    cells.reserve(4);
    cells.push_back(1);
    cells.push_back(kNan);
    cells.push_back(0);
    cells[0] = 3;

    CHECK(cells.storage() == storage);
    CHECK(cells.size() == 3);
    CHECK(cells[0] == 3);
    CHECK(std::isnan(cells[1]));
    CHECK(cells[2] == 0);
    CHECK(cells.AnyKnown(0, 1));
    CHECK(!cells.AnyKnown(1, 1));
    CHECK(cells.AnyKnown(1, 2));
    double copy[2] = {7, 7};
    cells.CopyTo(1, 2, copy);
    CHECK(std::isnan(copy[0]));
    CHECK(copy[1] == 0);

    LabelCells more;
    more.Append(cells, 2, 1);
    more.Append(cells, 0, 1);
    CHECK(more.storage() == storage);
    CHECK(more == LabelCells{0, 3});
  }
}

TEST_CASE("a copy shares its cells until one of the two is changed") {
  for (const LabelStorage storage : kStorages) {
    LabelCells cells(storage);
    cells.assign(3, 1);
    const LabelCells before = cells;

    LabelCells changed = cells;
    changed[1] = 0;
    cells.push_back(0);
    LabelCells longer = before;
    longer.Append(longer, 0, 1);
    LabelCells other = before;
    other.assign(1, 0);
    LabelCells wider = before;
    wider[0] = 0.5F;

    CHECK(before == LabelCells{1, 1, 1});
    CHECK(changed == LabelCells{1, 0, 1});
    CHECK(cells == LabelCells{1, 1, 1, 0});
    CHECK(longer == LabelCells{1, 1, 1, 1});
    CHECK(other == LabelCells{0});
    CHECK(wider == LabelCells{0.5F, 1, 1});
  }
}

TEST_CASE("cells that were moved away are empty, and can be filled again") {
  LabelCells cells{1, 2};
  const LabelCells taken = std::move(cells);
  CHECK(cells.empty());  // NOLINT: that is what is tested
  CHECK(cells.Numbers().empty());
  cells.push_back(3);
  CHECK(cells == LabelCells{3});
  CHECK(taken == LabelCells{1, 2});
}

TEST_CASE("storage that cannot hold a value gives way, and loses nothing") {
  LabelCells flags(LabelStorage::kFlags);
  flags.assign(2, kNan);
  flags[1] = 0.5F;
  CHECK(flags.storage() == LabelStorage::kNumbers);
  CHECK(std::isnan(flags[0]));
  CHECK(flags[1] == 0.5F);

  LabelCells codes(LabelStorage::kCodes);
  codes.push_back(2);
  codes.push_back(-5);
  CHECK(codes == LabelCells{2, -5});

  LabelCells both(LabelStorage::kFlags);
  both.push_back(1);
  both.Append(LabelCells{200, 0.25F}, 0, 2);
  CHECK(both == LabelCells{1, 200, 0.25F});
}

TEST_CASE("only -1 is missing; another number below 0 is no label") {
  const LabelCells cells(std::vector<std::int8_t>{-1, -2, 1});
  CHECK(std::isnan(cells[0]));
  CHECK(cells[1] == -2);
  CHECK(cells.As<float>(2, 1)[0] == 1);
}

TEST_CASE("labels are kept as their heads declare, wherever they come from") {
  const TempFolder folder;
  const Dataset people = People();
  WriteDataset(people, folder / "people.h5");
  const Dataset read = ReadDataset(folder / "people.h5");
  for (std::size_t i = 0; i < people.tasks.size(); ++i) {
    const LabelStorage wanted = people.tasks[i].traits().storage;
    CHECK(people.labels[i].values.storage() == wanted);
    CHECK(read.labels[i].values.storage() == wanted);
  }
}

}  // namespace
}  // namespace mtlkit
