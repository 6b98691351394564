#pragma once

#include <string>

#include "base/options.h"
#include "eval/evaluation.h"
#include "eval/table.h"
#include "text/csv_cells.h"

namespace mtlkit {

// An evaluation as an aligned table for people. Few tasks stand beside each
// other, many (or several metrics) below each other; the last lines say what
// was counted and how the intervals were made.
std::string RenderText(const Evaluation& evaluation);
// The parts of it, for who writes them otherwise: the table, how many of its
// first rows are headers, and the lines below.
TextTable ReportTable(const Evaluation& evaluation);
Index ReportHeaders(const Evaluation& evaluation);
std::string ReportNotes(const Evaluation& evaluation);

// As one JSON document with "schema": 1; undefined numbers are null.
Json RenderJson(const Evaluation& evaluation);

// As CSV, one line a task, metric and model; `cells` write the names.
std::string RenderCsv(const Evaluation& evaluation, CsvCells* cells);

}  // namespace mtlkit
