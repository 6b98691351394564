#include "prep/text_columns.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/free_texts.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/schema.h"
#include "data/tag_labels.h"
#include "prep/table_columns.h"
#include "prep/transform_entry.h"
#include "prep/transform_request.h"
#include "prep/words.h"

namespace mtlkit {
namespace {

// COLUMN[:option=value,...]; names of columns may hold ':'.
TextRequest ParseWords(const std::string& text) {
  const std::string where = Str("--words ", text);
  const std::size_t equals = text.find('=');
  const std::size_t colon =
      equals == std::string::npos ? equals : text.rfind(':', equals);
  TextRequest request;
  request.where = where;
  request.columns = text.substr(0, colon);
  Require(!request.columns.empty() &&
              (equals == std::string::npos || colon != std::string::npos),
          ErrorKind::kUsage, Str(where, " is not COLUMN[:option=value,...]"),
          "for example --words text:max=20000,split=marks");
  request.choice = ParseChoice(
      colon == std::string::npos ? "words" : "words" + text.substr(colon),
      where);
  return request;
}

// COLUMN=VALUE; names of columns may hold '='.
std::pair<std::string, std::string> ColumnAndValue(const std::string& text,
                                                   const std::string& where,
                                                   std::string_view example) {
  const std::size_t equals = text.rfind('=');
  Require(equals != std::string::npos && equals > 0 && equals + 1 < text.size(),
          ErrorKind::kUsage, Str(where, " is not COLUMN=", example),
          Str("for example text=", example));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// UNIT:ORDERS:BUCKETS of n-grams.
TextRequest ParseNgrams(const std::string& text, const std::string& flag,
                        const char* name) {
  constexpr std::string_view kExample = "words:1-2:131072";
  const std::string where = Str(flag, " ", text);
  const auto [column, value] = ColumnAndValue(text, where, kExample);
  const std::vector<std::string> parts = Split(value, ':');
  Require(parts.size() == 3, ErrorKind::kUsage,
          Str(where, " is not COLUMN=UNIT:ORDERS:BUCKETS"),
          Str("for example ", column, "=", kExample));
  return {
      column,
      {name, {{"of", parts[0]}, {"orders", parts[1]}, {"buckets", parts[2]}}},
      where};
}

// The columns of one request.
std::vector<TableColumn> ColumnsOf(const TextRequest& request,
                                   const std::vector<InputSpec>& inputs) {
  std::vector<TableColumn> columns =
      FindColumns(ListColumns(inputs), request.columns, request.where);
  for (const TableColumn& column : columns) {
    Require(TakesCategories(inputs[column.block].kind), ErrorKind::kUsage,
            Str(request.where, ": column '", column.name(),
                "' holds numbers, no texts"),
            Str("if it does: mtl-convert --type ", column.name(), "=category"));
  }
  return columns;
}

std::string BlockOf(const TableColumn& column) {
  return Str(column.view, column.view.empty() ? "" : ".", column.name());
}

}  // namespace

std::vector<TextRequest> TextRequests(const PrepareOptions& options) {
  std::vector<TextRequest> requests;
  for (const std::string& text : options.words) {
    requests.push_back(ParseWords(text));
  }
  for (const std::string& text : options.bpe) {
    const std::string where = Str("--bpe ", text);
    const auto [column, size] = ColumnAndValue(text, where, "8000");
    requests.push_back({column, {"bpe", {{"size", size}}}, where});
  }
  for (const std::string& text : options.hash_ngrams) {
    requests.push_back(ParseNgrams(text, "--hash-ngrams", "ngrams"));
  }
  for (const std::string& text : options.tfidf) {
    requests.push_back(ParseNgrams(text, "--tfidf", "tfidf"));
  }
  for (const std::string& text : options.transform) {
    TransformRequest request = ParseTransformRequest(text);
    if (!FindTransform(request.choice.name).of_texts) continue;
    requests.push_back({std::move(request.columns), std::move(request.choice),
                        Str("--transform ", text)});
  }
  return requests;
}

ColumnSet TextColumns(const std::vector<TextRequest>& requests,
                      const std::vector<InputSpec>& inputs) {
  ColumnSet columns;
  for (const TextRequest& request : requests) {
    for (const TableColumn& column : ColumnsOf(request, inputs)) {
      columns.insert(column.ref);
    }
  }
  return columns;
}

std::string TokensOf(const std::vector<TextRequest>& requests,
                     const std::vector<InputSpec>& inputs,
                     const std::string& column, const std::string& where) {
  std::vector<std::string> blocks;
  for (const TextRequest& request : requests) {
    if (request.choice.name != "words") continue;
    for (const TableColumn& found : ColumnsOf(request, inputs)) {
      const std::string block = BlockOf(found);
      if (column.empty() || column == found.name() || column == block) {
        blocks.push_back(block);
      }
    }
  }
  Require(!blocks.empty(), ErrorKind::kUsage,
          column.empty() ? Str(where,
                               ": it has a label for each word, and no column "
                               "becomes words")
                         : Str(where, ": '", column, "' does not become words"),
          "name the column of its texts: --words COLUMN");
  Require(blocks.size() == 1, ErrorKind::kUsage,
          Str(where, ": it has a label for each word, of '",
              Join(blocks, "' or '"), "'"),
          "say of which: TASK=tags:of=COLUMN");
  return blocks.front();
}

std::string TokenBlockOf(const TextRequest& request, const ColumnRef& column) {
  const std::string view = ViewOf(column.block);
  return Str(view, view.empty() ? "" : ".", column.column,
             request.choice.name == "bpe" ? ".bpe" : "");
}

WrittenText WrittenTextOf(const std::vector<TextRequest>& requests,
                          const std::vector<InputSpec>& inputs,
                          const std::string& column, const std::string& of,
                          const std::string& where) {
  std::vector<std::string> own;
  std::vector<std::string> others;
  for (const TextRequest& request : requests) {
    if (request.choice.name != "words" && request.choice.name != "bpe") {
      continue;
    }
    for (const TableColumn& found : ColumnsOf(request, inputs)) {
      const std::string block = TokenBlockOf(request, found.ref);
      if (found.name() == column) {
        own.push_back(block);
      } else if (of.empty() || of == found.name() || of == block) {
        others.push_back(block);
      }
    }
  }
  Require(own.size() == 1, ErrorKind::kUsage,
          own.empty() ? Str(where, ": '", column, "' does not become tokens")
                      : Str(where, ": '", column, "' becomes tokens twice"),
          Str("say what they are once: --bpe ", column, "=8000, or --words ",
              column));
  Require(!others.empty(), ErrorKind::kUsage,
          of.empty() ? Str(where, ": there are no other texts that '", column,
                           "' could be made of")
                     : Str(where, ": '", of, "' does not become tokens"),
          "make tokens of the column that it is made of: --bpe COLUMN=8000");
  Require(others.size() == 1, ErrorKind::kUsage,
          Str(where, ": '", column, "' may be made of '",
              Join(others, "' or '"), "'"),
          "say of which: TASK=sequence:of=COLUMN");
  return {own.front(), others.front()};
}

bool CutsTexts(const TransformRecords& transforms, const std::string& block) {
  for (const TransformRecord& record : transforms) {
    if (!FindTransform(record.name).of_texts) continue;
    const nlohmann::json spec = ParseSpec(record);
    if (spec.at("options").value("length", Index{0}) == 0) continue;
    for (const auto& column : spec.at("columns")) {
      if (column.at("into") == block) return true;
    }
  }
  return false;
}

void WarnOfLooseTags(const Task& task, const Labels& labels,
                     Reporter* reporter) {
  const Index loose = CountLooseTags(task, labels);
  if (loose == 0) return;
  reporter->Warn(
      Str("task '", task.name, "': ", Counted(loose, "tag goes", "tags go"),
          " on with a chunk that has not begun, as I-x behind O: each counts "
          "as the beginning of one, which is predicted as B-x alone"));
}

namespace {

// What the training rows hold of a column.
struct Texts {
  Index rows = 0;
  std::vector<bool> seen;  // by code
};

bool AreFree(const Texts& texts, const std::vector<std::string>& names) {
  constexpr Index kFewest = 50;
  FreeTextCount different;
  for (std::size_t code = 0; code < names.size(); ++code) {
    if (texts.seen[code]) different.Add(names[code]);
  }
  return texts.rows >= kFewest && 2 * different.texts() > texts.rows &&
         different.AreSentences();
}

}  // namespace

ColumnSet FreeTexts(const TrainingRows& rows, const ColumnSet& but) {
  ColumnSet found;
  for (const InputSpec& spec : rows.specs()) {
    if (!TakesCategories(spec.kind)) continue;
    std::vector<Texts> texts(At(spec.cols));
    for (Index col = 0; col < spec.cols; ++col) {
      texts[At(col)].seen.resize(spec.categories[At(col)].size());
    }
    rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
      for (Index at = 0; at < count * block.cols; ++at) {
        Texts& own = texts[At(at % block.cols)];
        const std::int32_t code = block.codes[at];
        if (code < 0 || At(code) >= own.seen.size()) continue;
        own.seen[At(code)] = true;
        ++own.rows;
      }
    });
    for (Index col = 0; col < spec.cols; ++col) {
      const ColumnRef ref{spec.name, ColumnName(spec, col)};
      if (but.count(ref) > 0) continue;
      if (AreFree(texts[At(col)], spec.categories[At(col)])) found.insert(ref);
    }
  }
  return found;
}

void WarnOfFreeTexts(const ColumnSet& columns, Reporter* reporter) {
  for (const ColumnRef& ref : columns) {
    const std::string name = NameInList(ref.column);
    reporter->Warn(Str("column '", ref.column,
                       "' holds texts, hardly one of them twice: it is left "
                       "out (--words ",
                       ref.column, " makes tokens of it, --inputs ", name,
                       " takes whole texts as categories, --ignore ", name,
                       " says that it is not wanted)"));
  }
}

}  // namespace mtlkit
