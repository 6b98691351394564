#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "data/dataset.h"

namespace mtlkit {

// Images of height x width x channels, row by row.
inline InputBlock ImageBlock(std::string name, Index height, Index width,
                             Index channels, std::vector<std::uint8_t> bytes) {
  InputBlock block;
  block.name = std::move(name);
  block.kind = InputKind::kImage;
  block.height = height;
  block.width = width;
  block.cols = channels;
  block.pixels = Array<std::uint8_t>(std::move(bytes));
  return block;
}

// Texts as word numbers, a list a row.
inline InputBlock TokenBlock(std::string name,
                             std::vector<std::string> vocabulary,
                             const std::vector<std::vector<int>>& rows) {
  InputBlock block;
  block.name = std::move(name);
  block.kind = InputKind::kTokens;
  block.cols = 1;
  block.categories = {std::move(vocabulary)};
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> codes;
  for (const std::vector<int>& row : rows) {
    codes.insert(codes.end(), row.begin(), row.end());
    starts.push_back(static_cast<std::int64_t>(codes.size()));
  }
  block.row_starts = Array<std::int64_t>(std::move(starts));
  block.codes = Array<std::int32_t>(std::move(codes));
  return block;
}

// Rows whose task `bright` follows from the block `photo` (3 x 5 pixels of 2
// channels: the middle one of the first channel) and whose task `mood` follows
// from the block `text` (0 to 4 words: more good ones than bad ones).
inline Dataset PhotosAndTexts(Index rows) {
  const Rng random(21, RandomPurpose::kTest);
  Dataset data;
  data.rows = rows;
  std::vector<std::int64_t> ids;
  std::vector<std::uint8_t> bytes;
  std::vector<std::vector<int>> texts;
  Labels bright;
  Labels mood;
  for (Index row = 0; row < rows; ++row) {
    ids.push_back(row);
    for (Index cell = 0; cell < 30; ++cell) {
      bytes.push_back(static_cast<std::uint8_t>(random.Below(row, cell, 256)));
    }
    bright.values.push_back(bytes[At(row * 30 + 14)] > 127 ? 1.F : 0.F);
    std::vector<int> text;
    int good = 0;
    for (Index word = 0; word < row % 5; ++word) {
      text.push_back(static_cast<int>(random.Below(row, 40 + word, 4)));
      good += text.back() < 2 ? 1 : -1;
    }
    texts.push_back(std::move(text));
    mood.values.push_back(good > 0 ? 1.F : 0.F);
    data.splits[row % 4 == 3 ? "valid" : "train"].push_back(row);
  }
  data.ids = std::move(ids);
  data.inputs = {ImageBlock("photo", 3, 5, 2, std::move(bytes)),
                 TokenBlock("text", {"good", "great", "bad", "poor"}, texts)};
  data.tasks.resize(2);
  data.tasks[0].name = "bright";
  data.tasks[1].name = "mood";
  for (Task& task : data.tasks) {
    task.type = TaskType::kBinary;
    task.classes = {"no", "yes"};
  }
  data.labels = {std::move(bright), std::move(mood)};
  return data;
}

}  // namespace mtlkit
